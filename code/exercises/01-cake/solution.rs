//! The oven is switched on as early as possible, and everything else is done while it bakes.

use event_loops::exercises::cake::{IcedCake, bake, make_dough, shop, spread, stir};
use event_loops::spawn;

/// The whole afternoon, from the dough to the iced cake.
pub async fn afternoon() -> IcedCake {
    let dough = make_dough().await;
    let icing = spawn(async { stir(shop().await).await });
    let cake = bake(dough).await;
    spread(cake, icing.await.unwrap()).await
}
