/// An exercise of a chapter, and how `event_loops` checks a solution of it.
pub(crate) struct Exercise {
    /// The folder's in `code/exercises`: the chapter's, as `03-processes`, or that and a word, as
    /// `03-processes-predict`, when the chapter has a second one.
    pub(crate) stem: &'static str,
    /// What is to be done, in a line.
    pub(crate) about: &'static str,
    /// The function of `event_loops::exercises` that checks it, with its module.
    pub(crate) check: &'static str,
    /// The function that it is called with.
    pub(crate) function: &'static str,
    /// That function's first line, as the starter has it.
    pub(crate) form: &'static str,
}

pub(crate) const EXERCISES: &[Exercise] = &[
    Exercise {
        stem: "01-cake",
        about: "The cake gets icing, and the guests come at minute 65",
        check: "cake::check",
        function: "afternoon",
        form: "pub async fn afternoon() -> IcedCake",
    },
    Exercise {
        stem: "02-waiting",
        about: "Any number of questions, answered in the time of one",
        check: "waiting::check",
        function: "ask_all",
        form: "pub async fn ask_all(count: u64) -> Vec<u64>",
    },
    Exercise {
        stem: "03-processes",
        about: "Programs that wait for each other, all under way at once",
        check: "processes::check",
        function: "run_all",
        form: "pub fn run_all(programs: Vec<Command>) -> Vec<String>",
    },
    Exercise {
        stem: "03-processes-predict",
        about: "When have programs ended that share one processor?",
        check: "processes::check_prediction",
        function: "predict",
        form: "pub fn predict() -> Prediction",
    },
    Exercise {
        stem: "04-threads",
        about: "Jobs that keep their threads, all under way at once",
        check: "threads::check",
        function: "run_all",
        form: "pub fn run_all(jobs: Vec<Job>) -> Vec<u64>",
    },
    Exercise {
        stem: "04-threads-predict",
        about: "When have four jobs ended: on threads, in processes, as tasks; in Rust, in Python?",
        check: "threads::check_prediction",
        function: "predict",
        form: "pub fn predict() -> Prediction",
    },
    Exercise {
        stem: "05-callbacks",
        about: "Any number of questions at once, by callbacks, and one of them may be refused",
        check: "callbacks::check",
        function: "ask_all",
        form: "pub fn ask_all(event_loop: &mut CallbackLoop, count: u64, done: Done)",
    },
    Exercise {
        stem: "05-callbacks-predict",
        about: "In which order are eight callbacks called?",
        check: "callbacks::check_order",
        function: "predict",
        form: "pub fn predict() -> &'static str",
    },
    Exercise {
        stem: "06-generators",
        about: "A generator that asks again, and waits longer each time",
        check: "generators::check",
        function: "retry",
        form: "pub fn retry(server: Server) -> Retry",
    },
    Exercise {
        stem: "06-generators-predict",
        about: "When is which of two generators resumed?",
        check: "generators::check_resumes",
        function: "predict",
        form: "pub fn predict() -> Vec<(u64, char)>",
    },
    Exercise {
        stem: "07-async-await",
        about: "Two futures awaited at once, in one task",
        check: "async_await::check",
        function: "both",
        form: "pub async fn both(first: Call, second: Call) -> (u64, u64)",
    },
    Exercise {
        stem: "07-async-await-predict",
        about: "What does a future do when it is made, and at which poll?",
        check: "async_await::check_polls",
        function: "predict",
        form: "pub fn predict() -> [&'static str; 4]",
    },
    Exercise {
        stem: "08-run-until-complete",
        about: "An event loop of one future, which sleeps while there is nothing to do",
        check: "run_until_complete::check",
        function: "run_until_complete",
        form: "pub fn run_until_complete<F: Future>(main: F) -> F::Output",
    },
    Exercise {
        stem: "08-run-until-complete-predict",
        about: "How often is main polled?",
        check: "run_until_complete::check_predictions",
        function: "polls",
        form: "pub fn polls() -> [usize; 4]",
    },
    Exercise {
        stem: "09-wakers",
        about: "A future that is told of a letter, whenever the postman comes",
        check: "wakers::check",
        function: "poll_letter",
        form: "pub fn poll_letter(mailbox: &Mailbox, cx: &mut Context<'_>) -> Poll<u32>",
    },
    Exercise {
        stem: "09-wakers-predict",
        about: "Who is polled when nothing happens, and when too much does?",
        check: "wakers::check_predictions",
        function: "polls",
        form: "pub fn polls() -> [usize; 4]",
    },
    Exercise {
        stem: "10-tasks",
        about: "Questions as tasks: one of them fails, and the others go on",
        check: "tasks::check",
        function: "ask_all",
        form: "pub async fn ask_all(count: u64) -> Vec<Option<u64>>",
    },
    Exercise {
        stem: "10-tasks-predict",
        about: "Four tasks and a queue: who speaks when?",
        check: "tasks::check_predictions",
        function: "order",
        form: "pub fn order() -> [&'static str; 7]",
    },
];
