//! The dough is made and the baking spawned, and yet the oven stays cold until minute 45: `spawn`
//! starts nothing, and `shop().await` is work that never gives the cook back.

use event_loops::exercises::cake::{IcedCake, bake, make_dough, shop, spread, stir};
use event_loops::spawn;

/// The whole afternoon, from the dough to the iced cake.
pub async fn afternoon() -> IcedCake {
    let dough = make_dough().await;
    let cake = spawn(bake(dough));
    let groceries = shop().await;
    let icing = stir(groceries).await;
    spread(cake.await.unwrap(), icing).await
}
