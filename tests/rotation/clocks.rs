//! The clock of the function that rotates is five minutes off.

use super::*;
use edge::Ambient;

async fn send_off(world: &World, event: &Event, off: Duration) {
    let mut ambient = Ambient::fixed(world.now() + off, world.draw());
    let deployment = world.deployment();
    within("Rotation", deployment.gateway.rotation.answer(event, &mut ambient)).await.unwrap();
    note(&deployment.secrets.current(SIGNING_SECRET).unwrap());
}

#[tokio::test]
async fn a_rotation_by_a_clock_that_is_off_is_noticed_by_nobody() {
    for off in [Duration::minutes(5), Duration::minutes(-5)] {
        let world = in_process!("moves the clock", Patience::None);
        let mut traffic = Traffic::start(&world).await;
        traffic.flow(&world).await;
        let old = traffic.signer();
        assert!(world.deployment().secrets.begin(SIGNING_SECRET, TOKEN));
        for name in STEPS {
            send_off(&world, &step(name, TOKEN), off).await;
            note(&world.deployment().secrets.value(SIGNING_SECRET, TOKEN).unwrap());
        }
        for _ in 0..100 {
            traffic.flow(&world).await;
            world.pass(Duration::seconds(47));
        }
        assert_ne!(traffic.signer(), old, "the new key signs");
    }
}

#[tokio::test]
async fn a_withdrawal_by_a_clock_that_is_off_ends_every_token_within_a_minute_and_logs_nobody_out() {
    for off in [Duration::minutes(5), Duration::minutes(-5)] {
        let world = in_process!("moves the clock", Patience::None);
        let mut traffic = Traffic::start(&world).await;
        traffic.flow(&world).await;
        let event = serde_json::from_value(json!({"Action": "withdraw"})).unwrap();
        send_off(&world, &event, off).await;
        withdrawal::is_withdrawn(&world, &mut traffic).await;
    }
}
