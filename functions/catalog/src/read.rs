//! `GET …/products` and `GET …/products/{product}`.

use crate::view::{self, ProductView};
use auth::ids::ProductId;
use edge::{Rejection, Request, Response, cursor, response};
use http::StatusCode;
use serde::Serialize;
use store::Store;

#[derive(Serialize)]
struct List<'a> {
    products: Vec<ProductView<'a>>,
    next_cursor: Option<String>,
}

pub(crate) async fn list(store: &Store, request: &Request) -> Result<Response, Rejection> {
    let (_, space) = request.caller_in_space()?;
    let (limit, after) = (request.limit()?, request.cursor::<ProductId>()?);
    let page = store.products_page(space, after, limit).await.map_err(Rejection::dependency)?;
    let body = List {
        products: page.products.iter().map(ProductView::from).collect(),
        next_cursor: page.next.as_ref().map(cursor::encode),
    };
    Ok(response::json(StatusCode::OK, &body))
}

pub(crate) async fn show(store: &Store, request: &Request) -> Result<Response, Rejection> {
    let (_, space) = request.caller_in_space()?;
    let id = request.path("product")?;
    let product = store.product(space, id).await.map_err(Rejection::dependency)?;
    let product = product.ok_or(Rejection::NotFound)?;
    Ok(view::product(StatusCode::OK, &product))
}
