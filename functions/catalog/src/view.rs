//! A product in an answer.

use auth::ids::{ProductId, UserId};
use edge::{Response, precondition::etag, response};
use http::{StatusCode, header};
use serde::Serialize;
use store::Product;
use time::{OffsetDateTime, serde::rfc3339};

/// A product as the contract spells it. The space is in the path.
#[derive(Serialize)]
pub(crate) struct ProductView<'a> {
    id: ProductId,
    name: &'a str,
    description: &'a str,
    tags: &'a [String],
    version: u64,
    #[serde(with = "rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "rfc3339")]
    updated_at: OffsetDateTime,
    created_by: UserId,
    updated_by: UserId,
}

impl<'a> From<&'a Product> for ProductView<'a> {
    fn from(product: &'a Product) -> Self {
        Self {
            id: product.id,
            name: &product.name,
            description: &product.description,
            tags: &product.tags,
            version: product.version,
            created_at: product.created_at,
            updated_at: product.updated_at,
            created_by: product.created_by,
            updated_by: product.updated_by,
        }
    }
}

/// The product, with the entity tag that a later `If-Match` names.
pub(crate) fn product(status: StatusCode, product: &Product) -> Response {
    let response = response::json(status, &ProductView::from(product));
    response::with_header(response, header::ETAG, &etag(product.version))
}

/// 201 with the product and where it is.
///
/// RFC 9110 §10.2.2: a relative `Location` is resolved against the request's own URL, so it holds behind
/// any stage and any domain.
pub(crate) fn created(made: &Product) -> Response {
    let location = format!("products/{}", made.id);
    response::with_header(product(StatusCode::CREATED, made), header::LOCATION, &location)
}

#[cfg(test)]
mod tests {
    use super::*;
    use auth::ids::SpaceId;
    use serde_json::json;
    use time::macros::datetime;

    #[test]
    fn a_new_product_shows_its_members_its_tag_and_where_it_is() {
        let made = Product {
            id: ProductId::from_bits(1),
            space: SpaceId::from_bits(2),
            name: "Lamp".to_owned(),
            description: String::new(),
            tags: vec!["light".to_owned()],
            version: 1,
            created_at: datetime!(2026-01-02 03:04:05 UTC),
            updated_at: datetime!(2026-01-02 03:04:06 UTC),
            created_by: UserId::from_bits(3),
            updated_by: UserId::from_bits(4),
        };
        assert_eq!(
            serde_json::to_value(ProductView::from(&made)).unwrap(),
            json!({
                "id": "prd_00000000001", "name": "Lamp", "description": "", "tags": ["light"], "version": 1,
                "created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-02T03:04:06Z",
                "created_by": "usr_00000000003", "updated_by": "usr_00000000004",
            })
        );
        let response = created(&made);
        assert_eq!(response.status(), StatusCode::CREATED);
        assert_eq!(response.headers()[header::ETAG], "\"1\"");
        assert_eq!(response.headers()[header::LOCATION], "products/prd_00000000001");
    }
}
