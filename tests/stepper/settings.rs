//! Settings as a reader might make them: whatever the forms take.

use fastrand::Rng;
use serde_json::Value;
use stepper::Stepper;

/// A program, and what can be set.
pub struct Form {
    name: String,
    fields: Vec<Value>,
}

/// The forms of all programs.
pub fn forms() -> Vec<Form> {
    let mut stepper = Stepper::default();
    let programs = json(&stepper.answer("programs"));
    let programs = programs.as_array().expect("a list of programs");
    let form = |program: &Value| {
        let settings = program["settings"].as_str().expect("settings");
        let fields = json(&stepper.answer(&format!("fields {settings}")));
        Form {
            name: settings.split('?').next().unwrap_or(settings).to_string(),
            fields: fields.as_array().expect("a list of fields").clone(),
        }
    };
    programs.iter().map(form).collect()
}

pub fn json(answer: &str) -> Value {
    serde_json::from_str(answer).unwrap_or_else(|error| panic!("{error}: {answer}"))
}

impl Form {
    /// Something that can be set; mostly what somebody would set.
    pub fn filled(&self, random: &mut Rng) -> String {
        let mut pairs = Vec::new();
        for field in &self.fields {
            if random.u8(..8) == 0 {
                continue;
            }
            let values = match text(field, "kind") {
                "count" => vec![count(field, random)],
                "time" => vec![time(random)],
                "choice" => vec![option(field, random)],
                "flag" => vec![if random.bool() { "yes" } else { "" }.to_string()],
                "steps" => steps(field, random),
                other => panic!("{}: a field of kind {other:?}", self.name),
            };
            let name = text(field, "name");
            pairs.extend(values.into_iter().map(|value| format!("{name}={value}")));
        }
        format!("{}?{}", self.name, pairs.join("&"))
    }

    /// The most that can be set: the largest counts, with all ways and the shortest and longest times.
    pub fn extremes(&self) -> Vec<String> {
        let mut lines = vec![String::new()];
        for field in &self.fields {
            let name = text(field, "name");
            let values: Vec<String> = match text(field, "kind") {
                "count" => vec![field["max"].to_string()],
                "time" => ["0s", "1ms", "24h"].map(str::to_string).to_vec(),
                "choice" => options(field).map(str::to_string).collect(),
                _ => continue,
            };
            let longer = lines.iter().flat_map(|line| {
                let longer = values
                    .iter()
                    .map(move |value| format!("{line}&{name}={value}"));
                longer.collect::<Vec<_>>()
            });
            lines = longer.collect();
        }
        let named = lines.iter().map(|line| format!("{}?{line}", self.name));
        named.collect()
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    let text = value[name].as_str();
    text.unwrap_or_else(|| panic!("no {name} in {value}"))
}

fn number(field: &Value, name: &str) -> u64 {
    let number = field[name].as_u64();
    number.unwrap_or_else(|| panic!("no {name} in {field}"))
}

fn count(field: &Value, random: &mut Rng) -> String {
    let (least, most) = (number(field, "min"), number(field, "max"));
    let few = most.min(least + 8);
    let up_to = if random.u8(..10) == 0 { most } else { few };
    random.u64(least..=up_to).to_string()
}

fn time(random: &mut Rng) -> String {
    match random.u8(..10) {
        0 => "0s".to_string(),
        1 => "1ms".to_string(),
        2 => "24h".to_string(),
        3 => format!("{}ms", random.u32(..5_000)),
        4 => format!("{}m", random.u32(..100)),
        _ => format!("{}s", random.u32(..10)),
    }
}

fn options(field: &Value) -> impl ExactSizeIterator<Item = &str> {
    let options = field["options"].as_array().expect("options");
    options
        .iter()
        .map(|option| option[0].as_str().expect("a word"))
}

fn option(field: &Value, random: &mut Rng) -> String {
    random
        .choice(options(field))
        .expect("there is one")
        .to_string()
}

fn steps(field: &Value, random: &mut Rng) -> Vec<String> {
    let few = |most: u64, random: &mut Rng| {
        let up_to = if random.u8(..4) == 0 {
            most
        } else {
            most.min(4)
        };
        random.u64(..=up_to)
    };
    let tasks = few(number(field, "max"), random);
    let kinds = field["steps"].as_array().expect("steps");
    let step = |random: &mut Rng| {
        let kind = random.choice(kinds).expect("there is one");
        let word = text(kind, "word");
        let argument = match kind["argument"].as_str() {
            None => return word.to_string(),
            Some("time") => time(random),
            Some("task") => random.u64(1..=tasks.max(1)).to_string(),
            Some(_) => random.choice(TEXTS).expect("there is one").to_string(),
        };
        format!("{word} {argument}")
    };
    let most = number(field, "maxsteps");
    let task = |_| {
        let steps = (0..few(most, random)).map(|_| step(random));
        steps.collect::<Vec<_>>().join(",")
    };
    (0..tasks).map(task).collect()
}

/// What a reader may let a task print, as it stands in settings.
const TEXTS: [&str; 5] = [
    "hello",
    "a%2C b%26c %3D 100%25",
    "ä 💤 \"\\",
    "<b>&lt;</b>",
    "{}",
];
