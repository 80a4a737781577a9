//! Exercise 01-cake: the cake gets icing.
//!
//! The cook makes dough (15 min of work), bakes the cake (45 min in the oven, no work), goes
//! shopping (20 min of work), stirs the icing with the sugar from the shop (10 min of work) and
//! spreads it on the baked cake (5 min of work). One after the other that takes 95 minutes. The
//! guests come at minute 65.
//!
//! `bake` waits; `make_dough`, `shop`, `stir` and `spread` are work. What one returns, another takes.
//!
//! A hint: with `use event_loops::spawn;` you can hand a task to the loop, `let later = spawn(async
//! move { … });`, which gives it turns while this one waits. `later.await.unwrap()` waits for its
//! result.

use event_loops::exercises::cake::{IcedCake, bake, make_dough, shop, spread, stir};

/// The whole afternoon, from the dough to the iced cake.
pub async fn afternoon() -> IcedCake {
    let dough = make_dough().await;
    let cake = bake(dough).await;
    let groceries = shop().await;
    let icing = stir(groceries).await;
    spread(cake, icing).await
}
