//! The tasks that a loop owns, each in a numbered slot, so that a waker finds its task at once.

use std::rc::Rc;

use crate::task::Task;
use crate::trace::TaskId;

/// The list of tasks. A slot is used again after its task has ended; a [`TaskId`] never is, so
/// that a waker which outlives its task can't reach the next one in the slot.
#[derive(Default)]
pub(crate) struct Tasks {
    slots: Vec<Option<Rc<Task>>>,
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

    pub(crate) fn fill(&mut self, slot: usize, task: Rc<Task>) {
        self.slots[slot] = Some(task);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Rc<Task>> {
        self.slots.iter().flatten()
    }

    /// `None` when the task has ended.
    pub(crate) fn get(&self, task: TaskId, slot: usize) -> Option<&Rc<Task>> {
        let found = self.slots.get(slot)?.as_ref()?;
        (found.id() == task).then_some(found)
    }

    pub(crate) fn remove(&mut self, task: &Task) {
        self.free.push(task.slot());
        self.slots[task.slot()] = None;
    }

    /// All tasks, in the order in which they were spawned.
    pub(crate) fn oldest_first(&self) -> Vec<Rc<Task>> {
        let mut list: Vec<_> = self.iter().cloned().collect();
        list.sort_unstable_by_key(|task| task.id());
        list
    }
}
