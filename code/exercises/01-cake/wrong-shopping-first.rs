//! Two tasks, and yet 95 minutes: the shopping is awaited first, so it is done first, and neither
//! shopping nor stirring ever gives the cook back. The oven stays cold for half an hour.

use event_loops::exercises::cake::{IcedCake, bake, make_dough, shop, spread, stir};
use event_loops::spawn;

/// The whole afternoon, from the dough to the iced cake.
pub async fn afternoon() -> IcedCake {
    let baking = spawn(async { bake(make_dough().await).await });
    let icing = stir(shop().await).await;
    spread(baking.await.unwrap(), icing).await
}
