use super::table_with_admin;
use crate::support::{
    records::{NOW, key, key_of, secret_hash, slug, user},
    table::TestTable,
    wire::Fault,
};
use auth::{
    ids::{KeyId, SpaceId},
    records::{KeySpace, KeySpaces, PreviousSecret, StoredKey, User},
};
use store::{CreateKey, Revoke, Write};
use time::Duration;

async fn made(table: &TestTable, key: &StoredKey) {
    assert_eq!(table.store.create_key(key).await, Ok(CreateKey::Done));
}

#[tokio::test]
async fn a_key_is_read_as_it_was_made() {
    let (table, admin) = table_with_admin().await;
    let plain = key(&admin, 7);
    let restricted = StoredKey {
        expires_at: Some(NOW + Duration::days(1)),
        read_only: true,
        spaces: KeySpaces::Only(vec![KeySpace { id: SpaceId::from_bits(1), slug: slug("tools") }]),
        ..key_of(&admin, 7, 8)
    };
    let nowhere = StoredKey { spaces: KeySpaces::Only(vec![]), ..key(&admin, 9) };
    for key in [plain, restricted, nowhere] {
        made(&table, &key).await;
        assert_eq!(table.store.key(admin.id, key.id).await, Ok(Some(key)));
    }
    assert_eq!(table.store.key(user(2).id, KeyId::from_bits(7)).await, Ok(None), "another user's");
}

#[tokio::test]
async fn no_key_is_made_with_an_epoch_that_was_ended() {
    let (table, admin) = table_with_admin().await;
    table.store.end_keys(admin.id).await.unwrap().unwrap();
    assert_eq!(table.store.create_key(&key(&admin, 7)).await, Ok(CreateKey::UserGone));
    assert_eq!(table.store.key(admin.id, KeyId::from_bits(7)).await, Ok(None));
}

#[tokio::test]
async fn no_key_is_made_by_a_revoked_or_unknown_one() {
    let (table, admin) = table_with_admin().await;
    assert_eq!(table.store.create_key(&key_of(&admin, 7, 8)).await, Ok(CreateKey::ParentGone));
    made(&table, &key(&admin, 7)).await;
    assert_eq!(table.store.revoke_key(admin.id, KeyId::from_bits(7), NOW).await, Ok(Revoke::Done));
    assert_eq!(table.store.create_key(&key_of(&admin, 7, 8)).await, Ok(CreateKey::ParentGone));
    assert_eq!(table.store.key(admin.id, KeyId::from_bits(8)).await, Ok(None));
}

#[tokio::test]
async fn an_id_that_exists_is_not_overwritten() {
    let (table, admin) = table_with_admin().await;
    made(&table, &key(&admin, 7)).await;
    let other = StoredKey { hash: secret_hash(2), ..key(&admin, 7) };
    assert!(table.store.create_key(&other).await.is_err());
    assert_eq!(table.store.key(admin.id, other.id).await, Ok(Some(key(&admin, 7))));
}

async fn pages(table: &TestTable, user: &User, limit: usize) -> Vec<Vec<KeyId>> {
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let page = table.store.keys_page(user, after, limit).await.unwrap();
        pages.push(page.keys.iter().map(|key| key.id).collect());
        after = page.next;
        if after.is_none() {
            return pages;
        }
        assert!(pages.len() < 1000, "the listing does not end");
    }
}

#[tokio::test]
async fn pages_hold_each_live_key_once_and_end() {
    let (table, admin) = table_with_admin().await;
    let ids: Vec<KeyId> = (1..=10).map(KeyId::from_bits).collect();
    for bits in 1..=10 {
        made(&table, &key(&admin, bits)).await;
    }
    for (limit, sizes) in [(3, vec![3, 3, 3, 1]), (5, vec![5, 5]), (10, vec![10]), (100, vec![10])] {
        let pages = pages(&table, &admin, limit).await;
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), sizes);
        assert_eq!(pages.concat(), ids);
    }
    for bits in [1, 2, 3, 10] {
        let revoked = table.store.revoke_key(admin.id, KeyId::from_bits(bits), NOW).await;
        assert_eq!(revoked, Ok(Revoke::Done));
    }
    let live: Vec<KeyId> = (4..=9).map(KeyId::from_bits).collect();
    for limit in [1, 2, 6, 7] {
        assert_eq!(pages(&table, &admin, limit).await.concat(), live, "{limit} a page");
    }
    assert_eq!(pages(&table, &user(2), 5).await, [vec![]; 1]);
}

#[tokio::test]
async fn a_listing_goes_on_behind_a_key_that_is_no_more() {
    let (table, admin) = table_with_admin().await;
    for bits in [1, 3] {
        made(&table, &key(&admin, bits)).await;
    }
    let page = table.store.keys_page(&admin, Some(KeyId::from_bits(2)), 5).await.unwrap();
    assert_eq!(page.keys, [key(&admin, 3)]);
    assert_eq!(page.next, None);
}

#[tokio::test]
async fn a_page_over_very_many_tombstones_ends_early_and_can_be_gone_on_from() {
    let (table, admin) = table_with_admin().await;
    let tombstone = StoredKey { revoked_at: Some(NOW), ..key(&admin, 1) };
    made(&table, &tombstone).await;
    table.put_copies(&tombstone, 2..=2100).await;
    made(&table, &key(&admin, 3000)).await;
    table.wire.take();

    let first = table.store.keys_page(&admin, None, 50).await.unwrap();

    assert_eq!(first.keys, []);
    assert_eq!(first.next, Some(KeyId::from_bits(51 + 9 * 200)));
    assert_eq!(table.wire.take().len(), 10);
    let second = table.store.keys_page(&admin, first.next, 50).await.unwrap();
    assert_eq!((second.keys.as_slice(), second.next), ([key(&admin, 3000)].as_slice(), None));
}

#[tokio::test]
async fn a_key_is_renamed_unless_it_is_revoked() {
    let (table, admin) = table_with_admin().await;
    made(&table, &key(&admin, 7)).await;
    let id = KeyId::from_bits(7);
    let renamed = table.store.rename_key(&key(&admin, 7), "CI").await.unwrap().unwrap();
    assert_eq!(renamed, StoredKey { name: "CI".to_owned(), version: 2, ..key(&admin, 7) });
    assert_eq!(table.store.rename_key(&key(&admin, 7), "of what it was").await, Ok(None));
    assert_eq!(table.store.revoke_key(admin.id, id, NOW).await, Ok(Revoke::Done));
    assert_eq!(table.store.rename_key(&renamed, "CD").await, Ok(None));
    assert_eq!(table.store.rename_key(&key(&admin, 8), "CD").await, Ok(None));
    assert_eq!(table.store.key(admin.id, KeyId::from_bits(8)).await, Ok(None));
}

#[tokio::test]
async fn a_rotation_keeps_one_secret_at_most_and_only_with_an_overlap() {
    let (table, admin) = table_with_admin().await;
    let first = key(&admin, 7);
    made(&table, &first).await;
    let soon = NOW + Duration::hours(1);

    let second = table.store.rotate_key(&first, &secret_hash(2), "2222", NOW, Some(soon)).await;
    let second = second.unwrap().unwrap();
    let expected = StoredKey {
        hash: secret_hash(2),
        hint: "2222".to_owned(),
        previous: Some(PreviousSecret { hash: secret_hash(1), made_at: first.created_at, expires_at: soon }),
        rotated_at: Some(NOW),
        version: 2,
        ..first.clone()
    };
    assert_eq!(second, expected);
    assert_eq!(table.store.key(admin.id, first.id).await, Ok(Some(expected)));

    let later = NOW + Duration::minutes(1);
    let third = table.store.rotate_key(&second, &secret_hash(3), "3333", later, Some(soon)).await;
    let third = third.unwrap().unwrap();
    let previous = PreviousSecret { hash: secret_hash(2), made_at: NOW, expires_at: soon };
    assert_eq!(third.previous, Some(previous));

    let fourth = table.store.rotate_key(&third, &secret_hash(4), "4444", NOW, None).await.unwrap().unwrap();
    assert_eq!(fourth.previous, None);
}

#[tokio::test]
async fn a_rotation_of_what_has_changed_or_is_revoked_writes_nothing() {
    let (table, admin) = table_with_admin().await;
    let read = key(&admin, 7);
    made(&table, &read).await;
    table.store.rename_key(&read, "CI").await.unwrap().unwrap();
    assert_eq!(table.store.rotate_key(&read, &secret_hash(2), "2222", NOW, None).await, Ok(None));
    let read = table.store.key(admin.id, read.id).await.unwrap().unwrap();
    assert_eq!(table.store.revoke_key(admin.id, read.id, NOW).await, Ok(Revoke::Done));
    let revoked = table.store.key(admin.id, read.id).await.unwrap().unwrap();
    for key in [&read, &revoked] {
        assert_eq!(table.store.rotate_key(key, &secret_hash(2), "2222", NOW, None).await, Ok(None));
    }
    let unknown = key(&admin, 8);
    assert_eq!(table.store.rotate_key(&unknown, &secret_hash(2), "2222", NOW, None).await, Ok(None));
    assert_eq!(table.store.key(admin.id, read.id).await.unwrap().unwrap().hash, secret_hash(1));
}

#[tokio::test]
async fn of_two_rotations_at_once_one_wins() {
    let (table, admin) = table_with_admin().await;
    let read = key(&admin, 7);
    made(&table, &read).await;
    let (one, two) = (secret_hash(2), secret_hash(3));
    let (first, second) = tokio::join!(
        table.store.rotate_key(&read, &one, "2222", NOW, None),
        table.store.rotate_key(&read, &two, "3333", NOW, None),
    );
    let winners: Vec<_> = [first.unwrap(), second.unwrap()].into_iter().flatten().collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(table.store.key(admin.id, read.id).await, Ok(winners.into_iter().next()));
}

#[tokio::test]
async fn a_replaced_secret_ends_before_its_overlap_does() {
    let (table, admin) = table_with_admin().await;
    let key = key(&admin, 7);
    made(&table, &key).await;
    let ends = NOW + Duration::hours(1);
    let rotated = table.store.rotate_key(&key, &secret_hash(2), "wxyz", NOW, Some(ends)).await;
    let rotated = rotated.unwrap().unwrap();
    let expected = PreviousSecret { hash: secret_hash(1), made_at: key.created_at, expires_at: ends };
    assert_eq!(rotated.previous, Some(expected));

    let stale = table.store.end_previous_secret(&key).await;
    assert_eq!(stale, Ok(Write::Conflict), "it was rotated since");
    table.wire.breaks_once_each([Fault::AnswerLost]);
    for _ in 0..2 {
        assert_eq!(table.store.end_previous_secret(&rotated).await, Ok(Write::Done));
        let left = StoredKey { previous: None, version: 3, ..rotated.clone() };
        assert_eq!(table.store.key(admin.id, key.id).await, Ok(Some(left)), "the new secret goes on");
    }

    let again = StoredKey { version: 3, ..rotated.clone() };
    let later = NOW + Duration::days(1);
    let twice = table.store.rotate_key(&again, &secret_hash(3), "wxyz", later, Some(ends)).await;
    let previous = twice.unwrap().unwrap().previous.unwrap();
    assert_eq!(previous.made_at, NOW, "a secret's age counts from the rotation that made it");
    assert_eq!(table.store.revoke_key(admin.id, key.id, NOW).await, Ok(Revoke::Done));
    let unknown = StoredKey { id: KeyId::from_bits(9), ..key };
    assert_eq!(table.store.end_previous_secret(&unknown).await, Ok(Write::Done), "there is none");
    assert_eq!(table.store.key(admin.id, unknown.id).await, Ok(None), "an update makes no item");
}
