//! Programs as data: what tasks can do, and strategies that make random ones.

use std::fmt;
use std::rc::Rc;

use proptest::collection::vec;
use proptest::prelude::*;

/// A program: what its shared things are like, and the main futures that one loop runs, one after
/// the other.
#[derive(Clone)]
pub struct Program {
    /// How many messages each channel has room for.
    pub rooms: [usize; CHANNELS],
    /// How many permits the semaphore has.
    pub permits: usize,
    /// The futures of `run_until_complete`.
    pub mains: Vec<Body>,
}

/// What a future does, step by step. A task is one, and so is each part of a race.
pub type Body = Rc<[Op]>;

pub const CHANNELS: usize = 2;
pub const ONESHOTS: usize = 2;
/// Places where tasks leave their wakers for others to call.
pub const WAKERS: usize = 2;

/// One step. Times are in milliseconds, and short, so that many deadlines are equal.
#[derive(Clone, Debug)]
pub enum Op {
    Yield,
    Sleep(u64),
    /// Holds the thread.
    Compute(u64),
    Panic,
    /// Awaits what never comes.
    Forever,

    /// Spawns a task, and puts its handle on a list that all tasks share.
    Spawn(Body),
    /// Spawns a task and awaits it; the handle goes with the wait.
    Call(Body),
    /// Awaits a handle of that list, counted round and round.
    Join(usize),
    Abort(usize),
    /// Drops a handle.
    Detach(usize),

    Timeout(u64, Body),
    Race([Body; 2]),
    JoinTwo([Body; 2]),
    Gather(Vec<Body>),
    /// A scope that spawns tasks, puts their handles on the list, and then does something itself.
    Scope(Vec<Body>, Body),

    Send(usize),
    /// Does something with room for a message in hand, and then sends it.
    Reserve(usize, Body),
    Receive(usize),
    DropSender(usize),
    DropReceiver(usize),
    /// Sends the one message of a oneshot.
    Tell(usize),
    AwaitTold(usize),
    DropTeller(usize),
    DropTold(usize),

    /// Does something with the lock in hand.
    Lock(Body),
    /// Does something with a permit in hand.
    Permit(Body),
    Notified,
    NotifyOne,
    NotifyWaiters,

    /// Leaves the task's waker for others, as a future does that is not one of ours.
    LeaveWaker(usize),
    /// Calls a waker that was left, needed or not.
    CallWaker(usize),

    /// Does a step that waits for nothing when the body is dropped, at its end or before.
    OnDrop(Rc<Op>),
}

/// A line for each main future: proptest would give each step several.
impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rooms, permits) = (self.rooms, self.permits);
        let mains = self.mains.iter().map(|main| format!("\n    {main:?}"));
        let mains: String = mains.collect();
        f.write_str(&format!(
            "rooms: {rooms:?}, permits: {permits}, mains:{mains}"
        ))
    }
}

/// Random programs, from one line to some dozens.
pub fn programs() -> impl Strategy<Value = Program> {
    let mains = vec(body(steps(3), 8), 1..=2);
    let rooms = prop::array::uniform2(1..=2usize);
    (rooms, 1..=2usize, mains).prop_map(|(rooms, permits, mains)| Program {
        rooms,
        permits,
        mains,
    })
}

/// Steps that hold others, down to this depth.
fn steps(depth: usize) -> BoxedStrategy<Op> {
    let simple = (one_of(SIMPLE), 0..8usize).prop_map(|(step, number)| step(number));
    if depth == 0 {
        return simple.boxed();
    }
    let body = body(steps(depth - 1), 4).boxed();
    let with_one = (one_of(WITH_ONE), 0..6u64, body.clone());
    let with_two = (one_of(WITH_TWO), body.clone(), body.clone());
    let with_many = (one_of(WITH_MANY), vec(body.clone(), 0..=2), body);
    prop_oneof![
        12 => simple,
        9 => with_one.prop_map(|(step, time, body)| step(time, body)),
        2 => with_two.prop_map(|(step, a, b)| step([a, b])),
        2 => with_many.prop_map(|(step, tasks, body)| step(tasks, body)),
    ]
    .boxed()
}

fn body(step: impl Strategy<Value = Op>, longest: usize) -> impl Strategy<Value = Body> {
    vec(step, 0..=longest).prop_map(Body::from)
}

/// One of the steps on a list: often, or not so often. A failing program shrinks towards those that
/// stand first.
fn one_of<F: Copy + fmt::Debug + 'static>(steps: &[(usize, F)]) -> impl Strategy<Value = F> {
    let steps: Vec<F> = (steps.iter())
        .flat_map(|&(often, step)| std::iter::repeat_n(step, often))
        .collect();
    (0..steps.len()).prop_map(move |place| steps[place])
}

type WithNumber = fn(usize) -> Op;
type WithOne = fn(u64, Body) -> Op;
type WithTwo = fn([Body; 2]) -> Op;
type WithMany = fn(Vec<Body>, Body) -> Op;

const SIMPLE: &[(usize, WithNumber)] = &[
    (6, |_| Op::Yield),
    (6, |number| Op::Sleep(number as u64)),
    (1, |number| Op::Compute(number as u64)),
    (4, Op::Join),
    (3, Op::Abort),
    (5, |number| Op::Send(number % CHANNELS)),
    (4, |number| Op::Receive(number % CHANNELS)),
    (3, |_| Op::Notified),
    (2, |_| Op::NotifyOne),
    // Waits for one turn, and gives up though it may have been called.
    (2, |_| Op::Race([[Op::Yield].into(), [Op::Notified].into()])),
    (1, |_| Op::NotifyWaiters),
    (1, |number| Op::Tell(number % ONESHOTS)),
    (1, |number| Op::AwaitTold(number % ONESHOTS)),
    (1, |number| Op::LeaveWaker(number % WAKERS)),
    (1, |number| Op::CallWaker(number % WAKERS)),
    (3, |number| match number {
        0 | 1 => Op::DropSender(number),
        2 => Op::DropReceiver(1),
        3 => Op::DropTeller(0),
        4 => Op::DropTold(1),
        5 => Op::Forever,
        _ => Op::Detach(number),
    }),
    (2, |_| Op::Panic),
    (2, |number| {
        Op::OnDrop(Rc::new(match number {
            0 => Op::NotifyOne,
            1 => Op::CallWaker(0),
            2 => Op::Tell(1),
            3 => Op::DropReceiver(0),
            _ => Op::Abort(number - 4),
        }))
    }),
];

const WITH_ONE: &[(usize, WithOne)] = &[
    (5, |_, body| Op::Spawn(body)),
    (1, |_, body| Op::Call(body)),
    (2, Op::Timeout),
    (1, |_, body| Op::Lock(body)),
    (1, |_, body| Op::Permit(body)),
    (1, |number, body| {
        Op::Reserve(number as usize % CHANNELS, body)
    }),
];

const WITH_TWO: &[(usize, WithTwo)] = &[(1, Op::Race), (1, Op::JoinTwo)];

const WITH_MANY: &[(usize, WithMany)] = &[
    (1, |mut bodies, body| {
        bodies.push(body);
        Op::Gather(bodies)
    }),
    (1, Op::Scope),
];
