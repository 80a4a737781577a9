//! The table of chapters 5 to 7: what each way of writing one program costs.

use std::cell::RefCell;

use event_loops::demos::compare::{Column, Comparison, compare};
use event_loops::demos::two_steps::Way;

fn counted(work: &mut dyn FnMut()) -> u64 {
    allocation_counter::measure(work).count_total
}

fn all() -> Comparison {
    compare(&Way::ALL, &counted)
}

fn column(way: Way) -> Column {
    compare(&[way], &counted).0.remove(0)
}

#[test]
fn the_second_step_can_return_an_error_except_with_callbacks_and_iterators() {
    let returns = |way| column(way).returns;
    assert_eq!(returns(Way::Blocking), "Result<u64, Refused>");
    assert_eq!(returns(Way::Callbacks), "()");
    assert_eq!(returns(Way::StateMachine), "Resumed<Result<u64, Refused>>");
    assert_eq!(returns(Way::Iterator), "Option<Duration>");
    assert_eq!(returns(Way::Async), "Result<u64, Refused>");
}

#[test]
fn the_line_that_hands_on_an_error_is_a_question_mark_only_where_functions_return_it() {
    for Column { way, hands_on, .. } in all().0 {
        let by_itself = hands_on.ends_with('?');
        assert_eq!(
            by_itself,
            matches!(way, Way::Blocking | Way::Async),
            "{way}: {hands_on}"
        );
        assert!(
            by_itself
                || hands_on.starts_with("Err(error) =>")
                || hands_on.contains("(Err(error)) =>"),
            "{way}: {hands_on}"
        );
    }
}

#[test]
fn callbacks_take_twice_the_lines_and_more_and_a_state_machine_by_hand_four_times() {
    let lines: Vec<_> = all().0.iter().map(|column| column.lines).collect();
    assert_eq!(
        lines[0], lines[4],
        "blocking and async differ by a word a line"
    );
    assert!(lines[1] > 2 * lines[0]);
    assert_eq!(lines[2], 4 * lines[0]);
    assert!(lines[3] > lines[2]);
}

#[test]
fn with_callbacks_a_call_moves_from_box_to_box_and_a_value_stays() {
    for Column { way, bytes, .. } in all().0 {
        match (way, bytes) {
            (Way::Blocking, bytes) => assert_eq!(bytes, None),
            (Way::Callbacks, Some([first, second])) => assert!(first < second),
            (_, Some([first, second])) => assert_eq!(first, second),
            (_, None) => panic!("{way} has a size"),
        }
    }
    // The size itself: the first callback is a request and what it has captured of main's.
    #[cfg(target_pointer_width = "64")]
    assert_eq!(column(Way::Callbacks).bytes, Some([48, 72]));
    #[cfg(target_pointer_width = "64")]
    assert_eq!(column(Way::StateMachine).bytes, Some([56, 56]));
}

#[test]
fn memory_is_asked_for_by_the_call() {
    let allocations = |way| column(way).allocations;
    assert_eq!(allocations(Way::Blocking), 0);
    // The chain, its first callback, and one more callback for each of two waits.
    assert_eq!(allocations(Way::Callbacks), 4);
    // The generator, its result, and the list of who waits for it: none for a wait.
    assert_eq!(allocations(Way::StateMachine), 3);
    assert_eq!(allocations(Way::Iterator), 3);
    assert!(allocations(Way::Async) > 0);
}

#[test]
fn the_counter_is_handed_two_runs_of_which_the_difference_counts() {
    let counts = RefCell::new(vec![7000, 12_000]);
    let fake = |work: &mut dyn FnMut()| {
        work();
        counts.borrow_mut().pop().expect("two runs")
    };
    let found = compare(&[Way::Callbacks], &fake);
    assert_eq!(found.0[0].allocations, 5);
    assert!(counts.borrow().is_empty());
}

#[test]
fn it_is_a_table_in_markdown_with_a_column_for_each_way() {
    let table = compare(&[Way::Callbacks, Way::Async], &counted).to_string();
    let lines: Vec<_> = table.lines().collect();
    assert!(
        lines[0].starts_with("| ")
            && lines[0].contains("| callbacks ")
            && lines[0].contains("| async ")
    );
    assert!(lines[1].chars().all(|c| "|- ".contains(c)), "{table}");
    let bars = |line: &&str| line.matches('|').count();
    assert!(lines.iter().all(|line| bars(line) == 4), "{table}");
    let row = |name: &str| {
        let row = lines
            .iter()
            .find(|line| line.starts_with(&format!("| {name} ")));
        let cells: Vec<_> = row.expect(name).split('|').map(str::trim).collect();
        [cells[2].to_string(), cells[3].to_string()]
    };
    assert_eq!(row("an error of it is handed on"), ["by hand", "by `?`"]);
    assert_eq!(row("allocations for a call")[0], "4");
    assert_eq!(
        row("who keeps a waiting call"),
        ["a new box for each wait", "the loop, as one value"]
    );
}
