//! Deleting a space, however many members it has.
//!
//! 1. The space is marked: from then on decisions take it for none, and nobody enters it.
//! 2. Its memberships go, some at a time, and are counted down in the same transactions.
//! 3. At a count of zero the space itself goes, and its slug is free.
//!
//! Whoever is cut off between any two of these begins again at 1 and finds the rest. The index that the memberships
//! are found by may be late; the count is not.

use crate::{
    Store, StoreError, Write,
    expression::Expression,
    item::{DELETING, ID, Key, MEMBERS, SPACE, membership_index, number, product_partition, text},
    read::Listing,
    transact::{TRANSACTION_ITEMS, Transaction},
    write::Attempt,
};
use auth::{
    ids::{SpaceId, UserId},
    records::Space,
};
use aws_sdk_dynamodb::types::AttributeValue;

/// What is left of a space that is being deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum SpaceRest {
    /// Nothing: it is gone.
    Gone,
    /// Something. Go on.
    More,
    /// Members whom the index does not show yet. Go on a moment later.
    Late,
}

impl Store {
    /// Marks a space, if its slug is still this one's: nobody reaches it any more. Again is no error, and records
    /// nothing.
    pub async fn begin_space_deletion(&self, space: &Space) -> Result<Write, StoreError> {
        if space.deleting {
            return Ok(Write::Done);
        }
        let mark = this(space.id)
            .equals_or_lacks(DELETING, AttributeValue::Bool(false))
            .set(DELETING, AttributeValue::Bool(true));
        let marked = self.update("mark space", Key::space(space.organization, &space.slug), &mark).await?;
        Ok(match marked {
            Attempt::Done(_) => Write::Done,
            // Marked by another since it was read is as good; another space of the slug is not.
            Attempt::Lost(Some(item)) if item.get(ID) == Some(&text(space.id.to_string())) => Write::Done,
            Attempt::Lost(_) => Write::Conflict,
        })
    }

    /// Deletes some of what is left of a space that is marked.
    pub async fn delete_some_of_space(&self, space: &Space) -> Result<SpaceRest, StoreError> {
        let (partition, _) = membership_index(space.organization, &space.slug, UserId::from_bits(0));
        let most = TRANSACTION_ITEMS - 1;
        let (found, more) = self.index_page("members of space", &partition, "", None, most).await?;
        if !found.is_empty() {
            self.remove_members(space, &found).await?;
        }
        if more || self.delete_some_products(space.id).await? {
            return Ok(SpaceRest::More);
        }
        let last =
            this(space.id).equals(DELETING, AttributeValue::Bool(true)).at_most_or_lacks(MEMBERS, number(0));
        match self.delete("delete space", Key::space(space.organization, &space.slug), &last).await? {
            Attempt::Done(_) | Attempt::Lost(None) => Ok(SpaceRest::Gone),
            Attempt::Lost(Some(item)) if item.get(ID) != Some(&text(space.id.to_string())) => {
                Ok(SpaceRest::Gone)
            }
            Attempt::Lost(Some(_)) => Ok(SpaceRest::Late),
        }
    }

    /// Removes the memberships at these keys: all in one transaction, or where one of them has gone meanwhile, one
    /// by one.
    async fn remove_members(&self, space: &Space, memberships: &[Key]) -> Result<(), StoreError> {
        if let Transaction::Committed = self.remove_together(space, memberships).await? {
            return Ok(());
        }
        for one in memberships {
            if let Transaction::Lost(_) = self.remove_together(space, std::slice::from_ref(one)).await? {
                // Gone, or left from an earlier space of this slug, which no count holds.
                self.delete("old membership", one.clone(), &Expression::always().differs(SPACE, id(space)))
                    .await?;
            }
        }
        Ok(())
    }

    async fn remove_together(&self, space: &Space, memberships: &[Key]) -> Result<Transaction, StoreError> {
        let count = i64::try_from(memberships.len()).unwrap_or(i64::MAX);
        let key = Key::space(space.organization, &space.slug);
        let mut parts = vec![this(space.id).add_from_zero(MEMBERS, -count).update(&self.table, key)?];
        for one in memberships {
            let of_it = Expression::exists().equals(SPACE, id(space));
            parts.push(of_it.delete(&self.table, one.clone())?);
        }
        self.transact("remove members", parts).await
    }

    /// Deletes some of the products that nobody reaches any more. Whether there may be others.
    async fn delete_some_products(&self, space: SpaceId) -> Result<bool, StoreError> {
        let listing = Listing {
            partition: product_partition(space),
            prefix: "",
            filter: Expression::always(),
            after: None,
            limit: Some(TRANSACTION_ITEMS),
            backwards: false,
        };
        let (items, more) = self.page("products of space", &listing).await?;
        let parts: Vec<_> = items
            .iter()
            .map(|item| Expression::always().delete(&self.table, Key::of(item)?))
            .collect::<Result<_, StoreError>>()?;
        if !parts.is_empty() {
            // Without a condition, so that none can be lost.
            self.transact("delete products", parts).await?;
        }
        Ok(more.is_some())
    }
}

fn this(space: SpaceId) -> Expression {
    Expression::exists().equals(ID, text(space.to_string()))
}

fn id(space: &Space) -> AttributeValue {
    text(space.id.to_string())
}
