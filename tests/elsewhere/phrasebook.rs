//! What chapters 8 to 10 say about asyncio's calls, asked of the Python that is here. Nothing waits for
//! time: whoever is first is decided by who wakes whom.

use libtest_mimic::Trial;

use super::asyncio::{Python, trial};

pub fn trials() -> Vec<Trial> {
    Vec::from([
        trial(
            "close_in_asyncio_waits_for_nothing",
            close_waits_for_nothing,
        ),
        trial(
            "run_cancels_what_is_left_over_and_lets_it_clean_up",
            run_cancels_what_is_left_over_and_lets_it_clean_up,
        ),
        trial(
            "when_one_fails_gather_lets_the_others_go_on_and_a_group_cancels_them",
            when_one_fails_gather_lets_the_others_go_on_and_a_group_cancels_them,
        ),
        trial(
            "a_task_that_nobody_holds_may_disappear",
            a_task_that_nobody_holds_may_disappear,
        ),
        trial(
            "from_another_thread_only_the_threadsafe_call_wakes_the_loop",
            from_another_thread_only_the_threadsafe_call_wakes_the_loop,
        ),
    ])
}

/// What a program prints. A task that is never finished is told of on the other output.
#[track_caller]
fn says(python: &Python, program: &str, expected: &str) {
    let output = python.run_text(program);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}\n{errors}");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(said.trim_end(), expected, "{program}\n{errors}");
}

/// Nor does it cancel: what stands behind the wait is not even cleaned up.
fn close_waits_for_nothing(python: &Python) {
    let program = "
import asyncio
said = []
async def later():
    try:
        await asyncio.Event().wait()
    finally:
        said.append('cleaned up')
loop = asyncio.new_event_loop()
task = loop.create_task(later())
loop.run_until_complete(asyncio.sleep(0))
loop.close()
print(task.done(), task.cancelled(), said)
";
    says(python, program, "False False []");
}

fn run_cancels_what_is_left_over_and_lets_it_clean_up(python: &Python) {
    let program = "
import asyncio
said = []
async def later():
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await asyncio.sleep(0)
        said.append('cleaned up')
        raise
async def main():
    task = asyncio.create_task(later())
    await asyncio.sleep(0)
    return task
task = asyncio.run(main())
print(task.cancelled(), said)
";
    says(python, program, "True ['cleaned up']");
}

fn when_one_fails_gather_lets_the_others_go_on_and_a_group_cancels_them(python: &Python) {
    let program = "
import asyncio
async def fails():
    raise ValueError
async def waits(for_what, said):
    try:
        await for_what.wait()
        said.append('went on')
    except asyncio.CancelledError:
        said.append('was cancelled')
        raise
async def gathered():
    said, event = [], asyncio.Event()
    other = asyncio.ensure_future(waits(event, said))
    try:
        await asyncio.gather(fails(), other)
    except ValueError:
        said.append('raised')
    event.set()
    await other
    return said
async def grouped():
    said = []
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(waits(asyncio.Event(), said))
            await asyncio.sleep(0)
            group.create_task(fails())
    except* ValueError:
        said.append('raised')
    return said
print(asyncio.run(gathered()), asyncio.run(grouped()))
";
    let said = "['raised', 'went on'] ['was cancelled', 'raised']";
    says(python, program, said);
}

fn a_task_that_nobody_holds_may_disappear(python: &Python) {
    let program = "
import asyncio, gc, weakref
async def forever():
    await asyncio.get_running_loop().create_future()
async def main():
    unheld, held = (asyncio.create_task(forever()) for _ in range(2))
    unheld = weakref.ref(unheld)
    await asyncio.sleep(0)
    gc.collect()
    print(unheld() is None, held in asyncio.all_tasks())
asyncio.run(main())
";
    says(python, program, "True True");
}

/// Only the debug mode notices that another thread has made something ready and woken nobody.
fn from_another_thread_only_the_threadsafe_call_wakes_the_loop(python: &Python) {
    let program = "
import asyncio, threading
async def told(call, debug):
    loop = asyncio.get_running_loop()
    loop.set_debug(debug)
    future, said = loop.create_future(), []
    def other():
        try:
            getattr(loop, call)(future.set_result, 'told')
        except RuntimeError as error:
            said.append('Non-thread-safe' in str(error))
    wakes = []
    loop._write_to_self, write = lambda: (wakes.append(1), write()), loop._write_to_self
    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    return len(wakes), said
for call, debug in (('call_soon', False), ('call_soon', True), ('call_soon_threadsafe', False)):
    print(asyncio.run(told(call, debug)))
";
    says(python, program, "(0, [])\n(0, [True])\n(1, [])");
}
