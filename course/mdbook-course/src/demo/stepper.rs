//! A demo's settings, as the stepper in the page takes them: the line that also stands in its links.

use std::time::Duration;

use event_loops::demos::program::Step;
use event_loops::demos::two_steps::Way;
use event_loops::demos::{cake, program, run_until_complete, tasks, two_steps, waiting, wakers};

use super::Demo;

const OTHER_LOOP: &str = "the page has no loop that runs it, only ours";

/// Settings in a line, or why there are none.
type Line = Result<String, &'static str>;

impl Demo {
    /// What the stepper is given to run this demo: `waiting?tasks=5&wait=3s&mode=together`.
    ///
    /// ```
    /// use mdbook_course::demo::Request;
    ///
    /// let Ok(Request::Run(demo)) = Request::parse(["waiting", "--blocking"]) else { panic!() };
    /// let settings = demo.stepper_settings();
    /// assert_eq!(settings.unwrap(), "waiting?tasks=5&wait=3s&mode=blocking");
    /// ```
    ///
    /// # Errors
    ///
    /// When no loop in a page can run it, with the reason.
    pub fn stepper_settings(&self) -> Result<String, &'static str> {
        const NO_LOOP: &str = "no event loop runs it";
        match self {
            Demo::Cake(it) => of_cake(&it.settings()),
            Demo::Waiting(it) => of_waiting(&it.settings()),
            Demo::AsyncAwait(it) if it.made().is_some() => Err("it runs nothing"),
            Demo::AsyncAwait(it) => of_two_steps(&it.settings()),
            Demo::RunUntilComplete(it) => of_run_until_complete(&it.settings()),
            Demo::Wakers(it) if it.calls => Err("calls are drawn, and nothing is run"),
            Demo::Wakers(it) => of_wakers(&it.settings()),
            Demo::Tasks(it) if it.list => Err("the stepper shows the list by itself"),
            Demo::Tasks(it) => of_tasks(&it.settings()),
            Demo::Program(it) => of_program(&it.settings()),
            Demo::Callbacks(_) | Demo::Generators(_) => Err(OTHER_LOOP),
            Demo::Processes(_) | Demo::Threads(_) => Err(NO_LOOP),
        }
    }
}

// Each takes its settings apart, so that a new one can't be forgotten here. The clock is always the
// virtual one.

fn of_cake(settings: &cake::Settings) -> Line {
    let cake::Settings {
        dough,
        oven,
        shopping,
        mode,
        clock: _,
    } = settings;
    let mode = match mode {
        cake::Mode::Concurrent => "concurrent",
        cake::Mode::Sequential => "sequential",
    };
    let (dough, oven, shopping) = (time(*dough)?, time(*oven)?, time(*shopping)?);
    Ok(format!(
        "cake?dough={dough}&oven={oven}&shopping={shopping}&mode={mode}"
    ))
}

fn of_waiting(settings: &waiting::Settings) -> Line {
    let waiting::Settings {
        tasks,
        wait,
        mode,
        clock: _,
    } = settings;
    let mode = match mode {
        waiting::Mode::Together => "together",
        waiting::Mode::Sequential => "sequential",
        waiting::Mode::Blocking => "blocking",
    };
    let wait = time(*wait)?;
    Ok(format!("waiting?tasks={tasks}&wait={wait}&mode={mode}"))
}

fn of_two_steps(settings: &two_steps::Settings) -> Line {
    let two_steps::Settings {
        tasks,
        wait,
        refused,
        way,
        sequential,
        clock: _,
    } = settings;
    if *way != Way::Async {
        return Err(OTHER_LOOP);
    }
    let mode = if *sequential {
        "sequential"
    } else {
        "together"
    };
    let wait = time(*wait)?;
    Ok(format!(
        "async-await?tasks={tasks}&wait={wait}&refused={refused}&mode={mode}"
    ))
}

fn of_run_until_complete(settings: &run_until_complete::Settings) -> Line {
    let run_until_complete::Settings {
        wait,
        poll,
        nap,
        mode,
        clock: _,
    } = settings;
    let mode = match mode {
        run_until_complete::Mode::Parked => "parked",
        run_until_complete::Mode::Busy => "busy",
        run_until_complete::Mode::Napping => "napping",
    };
    let (wait, poll, nap) = (time(*wait)?, time(*poll)?, time(*nap)?);
    Ok(format!(
        "run-until-complete?wait={wait}&poll={poll}&nap={nap}&mode={mode}"
    ))
}

fn of_wakers(settings: &wakers::Settings) -> Line {
    let wakers::Settings {
        wait,
        patience,
        mode,
        clock: _,
    } = settings;
    let mode = match mode {
        wakers::Mode::Kept => "kept",
        wakers::Mode::Forgotten => "forgotten",
        wakers::Mode::Gap => "gap",
    };
    let (wait, patience) = (time(*wait)?, time(*patience)?);
    Ok(format!(
        "wakers?wait={wait}&patience={patience}&mode={mode}"
    ))
}

fn of_tasks(settings: &tasks::Settings) -> Line {
    let tasks::Settings {
        tasks,
        wait,
        panics,
        mode,
        clock: _,
    } = settings;
    if *panics != 0 {
        return Err("a panic would end the loop in the page: leave out --panics");
    }
    let mode = match mode {
        tasks::Mode::Joined => "joined",
        tasks::Mode::Forgotten => "forgotten",
    };
    let wait = time(*wait)?;
    Ok(format!("tasks?tasks={tasks}&wait={wait}&mode={mode}"))
}

fn of_program(settings: &program::Settings) -> Line {
    let program::Settings {
        tasks,
        mode,
        clock: _,
    } = settings;
    let mode = match mode {
        program::Mode::Together => "together",
        program::Mode::Blocking => "blocking",
    };
    let mut line = format!("program?mode={mode}");
    for steps in tasks {
        let words = |step: &Step| -> Line {
            match step {
                Step::Wait(lasts) | Step::Compute(lasts) | Step::Block(lasts) => {
                    let lasts = time(*lasts)?;
                    Ok(step.in_words(|_| lasts.clone()))
                }
                _ => Ok(encoded(&step.in_words(|_| String::new()))),
            }
        };
        let steps = steps.iter().map(words).collect::<Result<Vec<_>, _>>()?;
        line += &format!("&task={}", steps.join(","));
    }
    Ok(line)
}

/// What is printed may hold what means something in a line of settings.
fn encoded(text: &str) -> String {
    let special = [('%', "%25"), ('&', "%26"), (',', "%2C"), ('=', "%3D")];
    special
        .iter()
        .fold(text.to_string(), |text, (character, code)| {
            text.replace(*character, code)
        })
}

/// In the largest unit in which it is a whole number: `70m`, `3s`, `1500ms`.
fn time(time: Duration) -> Line {
    const UNITS: [(u128, &str); 4] = [(3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")];
    if !time.subsec_nanos().is_multiple_of(1_000_000) {
        return Err("it counts in milliseconds: choose times that are a whole number of them");
    }
    let millis = time.as_millis();
    let fits = |(unit, _): &&(u128, &str)| millis > 0 && millis.is_multiple_of(*unit);
    let unit = UNITS.iter().find(fits);
    Ok(unit.map_or("0s".to_string(), |(unit, name)| {
        format!("{}{name}", millis / unit)
    }))
}

#[cfg(test)]
mod tests {
    use crate::demo::Request;

    fn settings(words: &str) -> Result<String, &'static str> {
        let words = words.split(' ').map(|word| word.replace('/', " "));
        match Request::parse(words.clone()) {
            Ok(Request::Run(demo)) => demo.stepper_settings(),
            other => panic!("{:?}: {other:?}", words.collect::<Vec<_>>()),
        }
    }

    #[test]
    fn words_and_settings_say_the_same() {
        for (words, expected) in [
            (
                "cake",
                "cake?dough=15m&oven=45m&shopping=20m&mode=concurrent",
            ),
            (
                "cake --shopping 70m --sequential",
                "cake?dough=15m&oven=45m&shopping=70m&mode=sequential",
            ),
            (
                "waiting --tasks 7 --wait 1.5s --sequential",
                "waiting?tasks=7&wait=1500ms&mode=sequential",
            ),
            (
                "async-await --sequential --refused 0",
                "async-await?tasks=5&wait=3s&refused=0&mode=sequential",
            ),
            (
                "run-until-complete --napping --wait 1h",
                "run-until-complete?wait=1h&poll=100ms&nap=700ms&mode=napping",
            ),
            (
                "run-until-complete --wait 0s --poll 90s",
                "run-until-complete?wait=0s&poll=90s&nap=700ms&mode=parked",
            ),
            ("wakers --gap", "wakers?wait=3s&patience=12s&mode=gap"),
            ("tasks --forgotten", "tasks?tasks=3&wait=3s&mode=forgotten"),
            (
                "program --task receive,yield,fail --task send/1,print/5%=1,wait/1500ms --blocking",
                "program?mode=blocking&task=receive,yield,fail&task=send 1,print 5%25%3D1,wait 1500ms",
            ),
        ] {
            assert_eq!(settings(words).as_deref(), Ok(expected), "{words}");
        }
    }

    #[test]
    fn what_the_page_can_not_run_says_why() {
        for (words, said) in [
            ("callbacks", "no loop that runs it"),
            ("generators --iterator", "no loop that runs it"),
            ("processes", "no event loop"),
            ("threads", "no event loop"),
            ("tasks --panics 1", "leave out --panics"),
            ("tasks --list", "by itself"),
            ("async-await --sizes", "runs nothing"),
            ("wakers --calls", "nothing is run"),
            ("waiting --wait 1us", "in milliseconds"),
        ] {
            let problem = settings(words).unwrap_err();
            assert!(problem.contains(said), "{words}: {problem}");
        }
    }
}
