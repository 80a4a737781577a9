//! The shopping is done while the oven bakes, but the icing waits for the cake for no reason.

use event_loops::exercises::cake::{IcedCake, bake, make_dough, shop, spread, stir};
use event_loops::spawn;

/// The whole afternoon, from the dough to the iced cake.
pub async fn afternoon() -> IcedCake {
    let dough = make_dough().await;
    let groceries = spawn(shop());
    let cake = bake(dough).await;
    let icing = stir(groceries.await.unwrap()).await;
    spread(cake, icing).await
}
