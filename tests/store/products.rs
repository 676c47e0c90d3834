use crate::support::{
    records::{NOW, product, space},
    table::table,
};
use auth::ids::{ProductId, UserId};
use store::{Product, ProductWrite, Write};
use time::Duration;

#[tokio::test]
async fn a_product_is_read_as_it_was_made_and_only_in_its_space() {
    let table = table().await;
    let product = Product { description: "what it is".to_owned(), ..product(&space(9, "tools"), 1) };
    assert_eq!(table.store.create_product(&product).await, Ok(Write::Done));
    assert_eq!(table.store.product(product.space, product.id).await, Ok(Some(product.clone())));
    assert_eq!(table.store.product(space(10, "other").id, product.id).await, Ok(None));
    let other = Product { name: "Other".to_owned(), ..product.clone() };
    assert_eq!(table.store.create_product(&other).await, Ok(Write::Conflict));
    assert_eq!(table.store.product(product.space, product.id).await, Ok(Some(product)));
}

#[tokio::test]
async fn a_product_is_replaced_where_its_version_is_the_expected_one() {
    let table = table().await;
    let first = product(&space(9, "tools"), 1);
    assert_eq!(table.store.create_product(&first).await, Ok(Write::Done));
    let wanted = Product {
        name: "Other".to_owned(),
        description: "new".to_owned(),
        tags: vec![],
        updated_at: NOW + Duration::hours(1),
        updated_by: UserId::from_bits(2),
        // None of these is taken from here.
        version: 77,
        created_at: NOW + Duration::hours(1),
        created_by: UserId::from_bits(2),
        ..first.clone()
    };
    let expected =
        Product { version: 2, created_at: first.created_at, created_by: first.created_by, ..wanted.clone() };
    assert_eq!(table.store.replace_product(&wanted, Some(2)).await, Ok(ProductWrite::Conflict));
    let written = table.store.replace_product(&wanted, Some(1)).await;
    assert_eq!(written, Ok(ProductWrite::Done(expected.clone())));
    assert_eq!(table.store.product(first.space, first.id).await, Ok(Some(expected.clone())));
    let written = table.store.replace_product(&wanted, None).await;
    assert_eq!(written, Ok(ProductWrite::Done(Product { version: 3, ..expected })));

    let unknown = Product { id: ProductId::from_bits(2), ..wanted };
    assert_eq!(table.store.replace_product(&unknown, None).await, Ok(ProductWrite::NotFound));
    assert_eq!(table.store.replace_product(&unknown, Some(1)).await, Ok(ProductWrite::NotFound));
}

#[tokio::test]
async fn a_product_is_deleted_where_its_version_is_the_expected_one() {
    let table = table().await;
    let product = product(&space(9, "tools"), 1);
    let delete = |version| table.store.delete_product(product.space, product.id, version);
    assert_eq!(table.store.create_product(&product).await, Ok(Write::Done));
    assert_eq!(delete(Some(2)).await, Ok(ProductWrite::Conflict));
    assert_eq!(delete(Some(1)).await, Ok(ProductWrite::Done(product.clone())));
    assert_eq!(delete(Some(1)).await, Ok(ProductWrite::NotFound));
    assert_eq!(delete(None).await, Ok(ProductWrite::NotFound));
    assert_eq!(table.store.create_product(&product).await, Ok(Write::Done));
    assert_eq!(delete(None).await, Ok(ProductWrite::Done(product.clone())));
}

#[tokio::test]
async fn of_two_changes_of_one_version_at_once_one_wins() {
    let table = table().await;
    let first = product(&space(9, "tools"), 1);
    assert_eq!(table.store.create_product(&first).await, Ok(Write::Done));
    let one = Product { name: "One".to_owned(), ..first.clone() };
    let two = Product { name: "Two".to_owned(), ..first };
    let results =
        tokio::join!(table.store.replace_product(&one, Some(1)), table.store.replace_product(&two, Some(1)));
    let winner = match results {
        (Ok(ProductWrite::Done(winner)), Ok(ProductWrite::Conflict))
        | (Ok(ProductWrite::Conflict), Ok(ProductWrite::Done(winner))) => winner,
        other => panic!("{other:?}"),
    };
    assert_eq!(winner.version, 2);
    assert_eq!(table.store.product(winner.space, winner.id).await, Ok(Some(winner)));
}

#[tokio::test]
async fn pages_hold_each_product_of_the_space_once_and_end() {
    let table = table().await;
    let (tools, other) = (space(9, "tools"), space(10, "other"));
    let products: Vec<Product> = (1..=7).map(|bits| product(&tools, bits)).collect();
    for product in &products {
        assert_eq!(table.store.create_product(product).await, Ok(Write::Done));
    }
    assert_eq!(table.store.create_product(&product(&other, 1)).await, Ok(Write::Done));
    for limit in [1, 3, 6, 7, 8, 100] {
        let (mut all, mut after, mut pages) = (Vec::new(), None, 0);
        loop {
            let page = table.store.products_page(tools.id, after, limit).await.unwrap();
            assert!(page.products.len() <= limit);
            all.extend(page.products);
            pages += 1;
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(all, products, "{limit} a page");
        assert_eq!(pages, products.len().div_ceil(limit));
    }
}

#[tokio::test]
async fn a_page_is_full_also_where_dynamodb_cuts_it_at_a_mebibyte() {
    let table = table().await;
    let tools = space(9, "tools");
    for bits in 1..=20 {
        let big = Product { description: "x".repeat(100_000), ..product(&tools, bits) };
        assert_eq!(table.store.create_product(&big).await, Ok(Write::Done));
    }
    table.wire.take();
    let page = table.store.products_page(tools.id, None, 15).await.unwrap();
    assert_eq!((page.products.len(), page.next), (15, Some(ProductId::from_bits(15))));
    assert!(table.wire.take().len() > 1, "it took more than one query");
}
