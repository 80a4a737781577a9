//! The tasks that a loop owns, each in a numbered slot, so that a waker finds its task at once.

use std::mem;
use std::rc::Rc;

use crate::task::{Task, Work};
use crate::trace::TaskId;

/// The list of tasks. A slot is used again after its task has ended; a [`TaskId`] never is, so
/// that a waker which outlives its task can't reach the next one in the slot.
#[derive(Default)]
pub(crate) struct Tasks {
    slots: Vec<Slot>,
    /// The first free slot. Without one it is the next that the list grows by.
    first_free: usize,
    count: usize,
}

enum Slot {
    Taken(Rc<Task>),
    /// The free slots are a list of their own.
    Free {
        next: usize,
    },
}

impl Tasks {
    /// A number for a task that the loop does not own.
    pub(crate) fn next_id(&mut self) -> TaskId {
        self.count += 1;
        TaskId(self.count - 1)
    }

    pub(crate) fn is_untouched(&self) -> bool {
        self.count == 0
    }

    /// Adds the task that `make` makes, from its number and slot.
    pub(crate) fn add<W: Work + 'static>(
        &mut self,
        make: impl FnOnce(TaskId, usize) -> Rc<Task<W>>,
    ) -> Rc<Task<W>> {
        let id = self.next_id();
        let slot = self.first_free;
        let task = make(id, slot);
        let taken = Slot::Taken(task.clone());
        match self.slots.get_mut(slot) {
            Some(free) => {
                if let Slot::Free { next } = mem::replace(free, taken) {
                    self.first_free = next;
                }
            }
            None => {
                self.slots.push(taken);
                self.first_free = self.slots.len();
            }
        }
        task
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Rc<Task>> {
        self.slots.iter().filter_map(Slot::task)
    }

    /// `None` when the task has ended.
    #[inline]
    pub(crate) fn get(&self, task: TaskId, slot: usize) -> Option<&Rc<Task>> {
        let found = self.slots.get(slot)?.task()?;
        (found.id() == task).then_some(found)
    }

    pub(crate) fn remove(&mut self, task: &Task) {
        let next = self.first_free;
        self.slots[task.slot()] = Slot::Free { next };
        self.first_free = task.slot();
    }

    /// All tasks, in the order in which they were spawned.
    pub(crate) fn oldest_first(&self) -> Vec<Rc<Task>> {
        let mut list: Vec<_> = self.iter().cloned().collect();
        list.sort_unstable_by_key(|task| task.id());
        list
    }
}

impl Slot {
    fn task(&self) -> Option<&Rc<Task>> {
        match self {
            Slot::Taken(task) => Some(task),
            Slot::Free { .. } => None,
        }
    }
}
