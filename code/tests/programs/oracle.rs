//! Foretells what a program does, from what the documentation promises, without any of the loop's
//! code: no futures, no wakers, a clock that is a number.
//!
//! This file has the loop: turns, rounds, timers, and how tasks end. `bodies` has how far a future
//! has got, `begin` and `advance` have what its steps do and wait for, `places` has the queues of
//! channels and locks.

mod advance;
mod begin;
mod bodies;
mod places;

use std::collections::{BTreeMap, VecDeque};

use crate::program::{CHANNELS, ONESHOTS, Program, WAKERS};
use crate::story::{By, End, Joined, Line, On, Story, What};
use bodies::{Body, Turn};
use places::{Bell, Channel, Letter, Places};

/// What `program` does on an event loop.
pub fn foretell(program: &Program) -> Story {
    let mut oracle = Oracle::new(program);
    for steps in &program.mains {
        let body = oracle.make(steps);
        let end = oracle.run_until_complete(body);
        oracle.story.ends.push(end);
    }
    oracle.close();
    oracle.story
}

/// The loop, and everything that the program's tasks share.
struct Oracle<'p> {
    now: u64,
    story: Story,
    tasks: Vec<Task<'p>>,
    /// The tasks that have been woken, in that order.
    ready: VecDeque<usize>,
    /// Who is woken when: soonest first, equal ones in the order in which they were registered.
    timers: BTreeMap<Timer, usize>,
    /// The task whose turn it is.
    current: Option<usize>,
    polls: usize,
    /// A wake is written down at the next poll when no loop runs, and here none comes.
    is_closed: bool,

    bodies: usize,
    messages: usize,
    registered: usize,
    groups: Vec<Group>,
    handles: Vec<Handle>,
    channels: [Channel; CHANNELS],
    letters: [Letter; ONESHOTS],
    lock: Places,
    permits: Places,
    bell: Bell,
    wakers: [Option<usize>; WAKERS],
}

/// A deadline, and a number that no other has.
type Timer = (u64, usize);

struct Task<'p> {
    /// What is left to do; taken out during its turn, and when the task is over.
    body: Option<Body<'p>>,
    is_ready: bool,
    /// What it said it waits for when it was last suspended.
    told: Vec<On>,
    /// Aborted in the middle of its turn.
    is_aborted: bool,
    /// It is being dropped: nothing wakes or aborts it any more.
    is_retired: bool,
    end: Option<Joined>,
    /// Who awaits its handle.
    awaited_by: Option<usize>,
    /// The gather or scope that it belongs to.
    group: Option<usize>,
}

/// A handle on the list that all tasks share.
#[derive(Clone, Copy)]
struct Handle {
    place: usize,
    task: usize,
    /// Not detached, and its result not given.
    is_there: bool,
    is_awaited: bool,
}

/// The tasks of a gather or a scope, and the task that waits for them.
struct Group {
    parent: usize,
    tasks: Vec<usize>,
    /// A gather passes a panic on; a scope leaves it to the handle.
    is_gather: bool,
    /// Is the parent waiting for the tasks, and not, in a scope, still at its body?
    is_awaited: bool,
    /// Which tasks were left when the parent last looked.
    said: Vec<usize>,
}

impl<'p> Oracle<'p> {
    fn new(program: &Program) -> Self {
        Oracle {
            now: 0,
            story: Story::default(),
            tasks: Vec::new(),
            ready: VecDeque::new(),
            timers: BTreeMap::new(),
            current: None,
            polls: 0,
            is_closed: false,
            bodies: 0,
            messages: 0,
            registered: 0,
            groups: Vec::new(),
            handles: Vec::new(),
            channels: program.rooms.map(Channel::new),
            letters: Default::default(),
            lock: Places::new(1),
            permits: Places::new(program.permits),
            bell: Bell::default(),
            wakers: [None; WAKERS],
        }
    }

    /// Rounds, until the main future is over: whoever becomes ready in one has its turn in the
    /// next.
    fn run_until_complete(&mut self, main: Body<'p>) -> End {
        let main = self.spawn(main, None);
        loop {
            for task in std::mem::take(&mut self.ready) {
                if self.tasks[task].end.is_none() {
                    self.turn(task);
                }
                self.polls += 1;
                if self.polls.is_multiple_of(128) {
                    self.wake_what_is_due(); // so that a long round holds no timer up
                }
            }
            let is_over = self.tasks[main].end.is_some();
            if !is_over && self.ready.is_empty() && !self.sleep() {
                let stuck = self.stuck(main);
                self.drop_task(main);
                return End::Deadlock(stuck);
            }
            self.wake_what_is_due();
            match self.tasks[main].end {
                Some(Joined::Result(number)) => return End::Result(number),
                Some(_) => return End::Panicked,
                None => {}
            }
        }
    }

    /// One poll.
    fn turn(&mut self, task: usize) {
        self.tell(What::Polled(task));
        self.tasks[task].is_ready = false;
        self.current = Some(task);
        let mut body = (self.tasks[task].body.take()).expect("it is there between two turns");
        match self.go_on(&mut body) {
            Turn::Waits => {
                let mut waits = Vec::new();
                self.waits(&body, &mut waits);
                self.tasks[task].told = waits.clone();
                self.tell(What::Suspended(task, waits));
                self.tasks[task].body = Some(body);
                if self.tasks[task].is_aborted {
                    self.drop_task(task);
                }
            }
            Turn::Over => {
                self.end(task, Joined::Result(body.number));
                self.wake_joiner(task);
                self.tell(What::Finished(task));
            }
            Turn::Panics => {
                self.end(task, Joined::Panicked);
                self.tell(What::Panicked(task));
                self.wake_joiner(task);
            }
        }
        self.current = None;
    }

    /// Jumps to the next deadline. Without one it waits for other threads, here those who call
    /// the wakers that were left; without these nothing will ever happen: a deadlock.
    fn sleep(&mut self) -> bool {
        if let Some(&(deadline, _)) = self.timers.keys().next() {
            if deadline <= self.now {
                return true;
            }
            self.tell(What::Parked(Some(deadline)));
            self.now = deadline;
        } else if (self.wakers.iter().flatten()).any(|&task| self.tasks[task].end.is_none()) {
            self.tell(What::Parked(None));
            for place in 0..WAKERS {
                if let Some(task) = self.wakers[place].take() {
                    self.make_ready(task); // and not told: the listener hears not what it does
                }
            }
        } else {
            return false;
        }
        self.tell(What::Unparked);
        true
    }

    fn wake_what_is_due(&mut self) {
        while let Some(timer) = self.timers.first_entry()
            && timer.key().0 <= self.now
        {
            let task = timer.remove();
            self.wake(task, By::Timer);
        }
    }

    fn wake(&mut self, task: usize, by: By) {
        if self.make_ready(task) && !self.is_closed {
            self.tell(What::Woken(task, by));
        }
    }

    /// Puts a task into the next round, if it is not over and not there already.
    fn make_ready(&mut self, task: usize) -> bool {
        let Task {
            end,
            is_ready,
            is_retired,
            ..
        } = &self.tasks[task];
        if end.is_some() || *is_retired || *is_ready {
            return false;
        }
        self.tasks[task].is_ready = true;
        self.ready.push_back(task);
        true
    }

    /// Wakes a task in the name of the one whose turn it is.
    fn call(&mut self, task: usize) {
        self.wake(task, self.current.map_or(By::Outside, By::Task));
    }

    fn spawn(&mut self, body: Body<'p>, group: Option<usize>) -> usize {
        let task = self.tasks.len();
        self.tasks.push(Task {
            body: Some(body),
            is_ready: true,
            told: Vec::new(),
            is_aborted: false,
            is_retired: false,
            end: None,
            awaited_by: None,
            group,
        });
        self.tell(What::Spawned(task));
        self.ready.push_back(task);
        task
    }

    /// Drops a task where it is suspended. One whose turn it is runs to its next `await`.
    fn abort(&mut self, task: usize) {
        if self.current == Some(task) && self.tasks[task].body.is_none() {
            self.tasks[task].is_aborted = true;
        } else if self.tasks[task].end.is_none() && !self.tasks[task].is_retired {
            self.drop_task(task);
        }
    }

    fn drop_task(&mut self, task: usize) {
        self.tell(What::Dropped(task));
        self.tasks[task].is_retired = true;
        if let Some(mut body) = self.tasks[task].body.take() {
            self.drop_body(&mut body);
        }
        self.end(task, Joined::Aborted);
        self.wake_joiner(task);
    }

    /// Keeps how a task has ended, and wakes the gather or scope that waits for it.
    fn end(&mut self, task: usize, end: Joined) {
        self.tasks[task].end = Some(end);
        if let Some(group) = self.tasks[task].group {
            let Group {
                parent, is_gather, ..
            } = self.groups[group];
            let is_last = self.are_over(group);
            let fails = is_gather && !matches!(end, Joined::Result(_));
            if self.groups[group].is_awaited && (is_last || fails) {
                self.call(parent);
            }
        }
    }

    fn wake_joiner(&mut self, task: usize) {
        if let Some(other) = self.tasks[task].awaited_by.take() {
            self.call(other);
        }
    }

    fn are_over(&self, group: usize) -> bool {
        let mut tasks = self.groups[group].tasks.iter();
        tasks.all(|&task| self.tasks[task].end.is_some())
    }

    /// Drops what is left, in the order in which it was spawned.
    fn close(&mut self) {
        self.is_closed = true;
        for task in 0..self.tasks.len() {
            if self.tasks[task].end.is_none() {
                self.drop_task(task);
            }
        }
    }

    /// The report of a deadlock: the main future, then the others as they were spawned.
    fn stuck(&self, main: usize) -> Vec<(usize, Option<String>)> {
        let others = (0..self.tasks.len()).filter(|&task| task != main);
        let left = |&task: &usize| self.tasks[task].end.is_none();
        let tasks = std::iter::once(main).chain(others.filter(left));
        let waits_for = |task: usize| {
            (self.tasks[task].told.iter()).find_map(|on| match *on {
                On::Task(other) if self.tasks[other].end.is_none() => {
                    Some(format!("the end of task {other}"))
                }
                On::Task(_) => Some("the end of other tasks that it spawned".to_string()),
                On::For(what) => Some(what.to_string()),
                On::Until(_) | On::NextTurn => None,
            })
        };
        tasks.map(|task| (task, waits_for(task))).collect()
    }

    fn tell(&mut self, what: What) {
        self.story.lines.push(Line { at: self.now, what });
    }

    fn call_any(&mut self, task: Option<usize>) {
        if let Some(task) = task {
            self.call(task);
        }
    }

    /// The task whose turn it is.
    fn me(&self) -> usize {
        self.current.expect("steps happen in turns")
    }

    fn message(&mut self) -> usize {
        self.messages += 1;
        self.messages - 1
    }

    /// A number that no ticket and no timer has had.
    fn number(&mut self) -> usize {
        self.registered += 1;
        self.registered
    }
}
