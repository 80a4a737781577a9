//! The tasks that a loop owns, each in a numbered slot, so that a waker finds its task at once.

use std::rc::Rc;

use crate::ready_queue::Woken;
use crate::task::{Body, Task};
use crate::trace::TaskId;
use crate::wakers::TaskHandle;

/// The list of tasks. A slot is used again after its task has ended; a [`TaskId`] never is, so
/// that a waker which outlives its task can't reach the next one in the slot.
#[derive(Default)]
pub(crate) struct Tasks {
    slots: Vec<Option<Task>>,
    free: Vec<usize>,
    count: usize,
}

impl Tasks {
    pub(crate) fn next_id(&mut self) -> TaskId {
        self.count += 1;
        TaskId(self.count - 1)
    }

    pub(crate) fn is_untouched(&self) -> bool {
        self.count == 0
    }

    /// A slot to be filled at once.
    pub(crate) fn free_slot(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() - 1
        })
    }

    pub(crate) fn fill(&mut self, slot: usize, task: Task) {
        self.slots[slot] = Some(task);
    }

    /// What is known of all tasks, but for the one that is being polled.
    pub(crate) fn handles(&self) -> impl Iterator<Item = &Rc<TaskHandle>> {
        let bodies = self
            .slots
            .iter()
            .flatten()
            .filter_map(|task| task.body.as_ref());
        bodies.map(|body| &body.handle)
    }

    /// The body of a task that is to be polled; `None` when the task has ended.
    pub(crate) fn take_body(&mut self, woken: &Woken) -> Option<Body> {
        self.get(woken.task, woken.slot)?.body.take()
    }

    /// Gives a suspended task its body back, or takes the task out to be dropped, if it was
    /// aborted during the poll.
    pub(crate) fn put_back(&mut self, woken: &Woken, body: Body) -> Option<Task> {
        let task = self.get(woken.task, woken.slot)?;
        task.body = Some(body);
        if task.aborted {
            self.remove(woken)
        } else {
            None
        }
    }

    pub(crate) fn remove(&mut self, woken: &Woken) -> Option<Task> {
        self.get(woken.task, woken.slot)?;
        self.free.push(woken.slot);
        self.slots[woken.slot].take()
    }

    /// Takes out a task that is to be aborted; one that is being polled is only marked.
    pub(crate) fn take_to_abort(&mut self, task: TaskId, slot: usize) -> Option<Task> {
        let found = self.get(task, slot)?;
        if found.body.is_none() {
            found.aborted = true;
            return None;
        }
        self.free.push(slot);
        self.slots[slot].take()
    }

    /// All tasks and their slots, in the order in which they were spawned.
    pub(crate) fn oldest_first(&self) -> Vec<(TaskId, usize)> {
        let slots = self.slots.iter().enumerate();
        let tasks = slots.filter_map(|(slot, task)| Some((task.as_ref()?.id, slot)));
        let mut list: Vec<_> = tasks.collect();
        list.sort_unstable();
        list
    }

    fn get(&mut self, task: TaskId, slot: usize) -> Option<&mut Task> {
        self.slots
            .get_mut(slot)?
            .as_mut()
            .filter(|found| found.id == task)
    }
}
