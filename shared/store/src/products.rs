//! The products of the sample catalog: a protected resource of a space.

use crate::{
    Store, StoreError, Write,
    codec::{Readable, Reader, Record, item},
    expression::Expression,
    item::{
        CREATED_AT, CREATED_BY, DESCRIPTION, Item, Key, NAME, PK, SK, TAGS, UPDATED_AT, UPDATED_BY, VERSION,
        number, prefix, product_partition, text, time,
    },
    read::Listing,
    write::Attempt,
};
use auth::ids::{ProductId, SpaceId, UserId};
use aws_sdk_dynamodb::types::AttributeValue;
use time::OffsetDateTime;

/// A product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// The space it belongs to.
    pub space: SpaceId,
    /// Its name.
    pub name: String,
    /// What it is; may be empty.
    pub description: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Counts the changes; the condition of the next one. Starts at 1.
    pub version: u64,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it was last changed.
    pub updated_at: OffsetDateTime,
    /// Who made it.
    pub created_by: UserId,
    /// Who last changed it.
    pub updated_by: UserId,
}

/// Some of a space's products.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductPage {
    /// In the order of their ids.
    pub products: Vec<Product>,
    /// The product to go on after; `None` at the end.
    pub next: Option<ProductId>,
}

/// What became of a change of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum ProductWrite {
    /// It is done. The product as it is now, or as it was deleted.
    Done(Product),
    /// There is no such product.
    NotFound,
    /// The product has another version than the expected one. Nothing is written.
    Conflict,
}

impl Record for Product {
    fn to_item(&self) -> Item {
        item(
            Key::product(self.space, self.id),
            None,
            [
                (NAME, text(&self.name)),
                (DESCRIPTION, text(&self.description)),
                (TAGS, tags(&self.tags)),
                (VERSION, number(self.version)),
                (CREATED_AT, time(self.created_at)),
                (UPDATED_AT, time(self.updated_at)),
                (CREATED_BY, text(self.created_by.to_string())),
                (UPDATED_BY, text(self.updated_by.to_string())),
            ],
        )
    }
}

impl Readable for Product {
    const NAME: &'static str = "product";

    fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: reader.behind(SK, prefix::PRODUCT)?,
            space: reader.behind(PK, prefix::SPACE)?,
            name: reader.owned(NAME)?,
            description: reader.owned(DESCRIPTION)?,
            tags: reader.list(TAGS, |tag| tag.as_s().cloned().map_err(|_| reader.corrupt(TAGS)))?,
            version: reader.number(VERSION)?,
            created_at: reader.time(CREATED_AT)?,
            updated_at: reader.time(UPDATED_AT)?,
            created_by: reader.parsed(CREATED_BY)?,
            updated_by: reader.parsed(UPDATED_BY)?,
        })
    }
}

fn tags(tags: &[String]) -> AttributeValue {
    AttributeValue::L(tags.iter().map(text).collect())
}

impl Store {
    /// At most `limit` products of a space, from behind `after`.
    pub async fn products_page(
        &self,
        space: SpaceId,
        after: Option<ProductId>,
        limit: usize,
    ) -> Result<ProductPage, StoreError> {
        let mut listing = Listing {
            partition: product_partition(space),
            prefix: prefix::PRODUCT,
            filter: Expression::always(),
            after: after.map(|product| Key::product(space, product)),
            limit: Some(limit.saturating_add(1)),
            backwards: false,
        };
        let mut products = Vec::new();
        // DynamoDB ends a query at 1 MiB, short of the limit: each further one adds at least one product.
        while products.len() <= limit {
            let (items, next) = self.page("list products", &listing).await?;
            for item in &items {
                products.push(Product::from_item(item)?);
            }
            listing.after = next;
            if listing.after.is_none() || items.is_empty() {
                break;
            }
        }
        let next = if products.len() > limit {
            products.truncate(limit);
            products.last().map(|product| product.id)
        } else {
            None
        };
        Ok(ProductPage { products, next })
    }

    /// A product of this space.
    pub async fn product(&self, space: SpaceId, product: ProductId) -> Result<Option<Product>, StoreError> {
        self.get("product", Key::product(space, product)).await
    }

    /// Makes a product. [`Write::Conflict`] where its id exists.
    pub async fn create_product(&self, product: &Product) -> Result<Write, StoreError> {
        let item = product.to_item();
        Ok(match self.put("create product", item.clone(), &Expression::absent()).await? {
            Attempt::Done(_) => Write::Done,
            // Our own, whose answer was lost.
            Attempt::Lost(Some(old)) if old == item => Write::Done,
            Attempt::Lost(_) => Write::Conflict,
        })
    }

    /// Replaces name, description and tags of a product, if it has the expected version or none is expected.
    /// The version is counted here, and who made it and when stays: these of `product` are not looked at.
    pub async fn replace_product(
        &self,
        product: &Product,
        expected_version: Option<u64>,
    ) -> Result<ProductWrite, StoreError> {
        let change = expected(expected_version)
            .set(NAME, text(&product.name))
            .set(DESCRIPTION, text(&product.description))
            .set(TAGS, tags(&product.tags))
            .set(UPDATED_AT, time(product.updated_at))
            .set(UPDATED_BY, text(product.updated_by.to_string()))
            .add(VERSION, 1);
        let key = Key::product(product.space, product.id);
        match self.update("replace product", key, &change).await? {
            Attempt::Done(item) => Product::from_item(&item).map(ProductWrite::Done),
            Attempt::Lost(Some(old)) => {
                let found = Product::from_item(&old)?;
                let ours = replaced(&found, product, expected_version)?;
                Ok(if ours { ProductWrite::Done(found) } else { ProductWrite::Conflict })
            }
            Attempt::Lost(None) => Ok(ProductWrite::NotFound),
        }
    }

    /// Deletes a product, if it has the expected version or none is expected.
    pub async fn delete_product(
        &self,
        space: SpaceId,
        product: ProductId,
        expected_version: Option<u64>,
    ) -> Result<ProductWrite, StoreError> {
        match self.delete("delete product", Key::product(space, product), &expected(expected_version)).await?
        {
            Attempt::Done(item) => Product::from_item(&item).map(ProductWrite::Done),
            Attempt::Lost(Some(_)) => Ok(ProductWrite::Conflict),
            Attempt::Lost(None) => Ok(ProductWrite::NotFound),
        }
    }
}

fn expected(version: Option<u64>) -> Expression {
    let there = Expression::exists();
    match version {
        Some(version) => there.equals(VERSION, number(version)),
        None => there,
    }
}

/// Whether `found` is what our own write made, whose answer was lost: the next version, by the same user
/// in the same second, with the same content.
fn replaced(found: &Product, wanted: &Product, expected_version: Option<u64>) -> Result<bool, StoreError> {
    let Some(expected) = expected_version else {
        return Ok(false);
    };
    let version = crate::signing_keys::next_version(Product::NAME, Some(expected))?;
    let wanted =
        Product { version, created_at: found.created_at, created_by: found.created_by, ..wanted.clone() };
    Ok(found.to_item() == wanted.to_item())
}
