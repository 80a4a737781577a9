//! The module without a browser: what a page does with it, in an interpreter that counts.

use wasmi::{Config, Engine, Instance, Linker, Memory, Module, Store, TypedFunc};

/// A page that has opened the module.
pub struct Page {
    store: Store<()>,
    memory: Memory,
    input: TypedFunc<u32, u32>,
    call: TypedFunc<u32, u32>,
    output: TypedFunc<(), u32>,
    /// The most that a question has cost, in instructions, and the question.
    pub dearest: (u64, String),
}

/// A question may cost so many instructions: a browser has done them within a second.
pub const MOST_INSTRUCTIONS: u64 = 300_000_000;

/// Compiles a module as a page does.
pub fn compiled(module: &[u8]) -> Module {
    let engine = Engine::new(Config::default().consume_fuel(true));
    Module::new(&engine, module).expect("the script holds a module")
}

impl Page {
    pub fn open(module: &Module) -> Self {
        let mut store = Store::new(module.engine(), ());
        store.set_fuel(MOST_INSTRUCTIONS).expect("it counts");
        let nothing = Linker::new(module.engine());
        let instance = nothing.instantiate_and_start(&mut store, module);
        let instance = instance.expect("the module asks nothing of its page");
        Page {
            memory: instance.get_memory(&store, "memory").expect("a memory"),
            input: function(&store, instance, "input"),
            call: function(&store, instance, "call"),
            output: function(&store, instance, "output"),
            store,
            dearest: (0, String::new()),
        }
    }

    /// Asks as the page's script does.
    pub fn ask(&mut self, question: &[u8]) -> String {
        self.try_ask(question).unwrap_or_else(|trap| {
            let question = shortened(question);
            panic!("{question}: the page would have to be loaded again: {trap}")
        })
    }

    fn try_ask(&mut self, question: &[u8]) -> Result<String, wasmi::Error> {
        self.store.set_fuel(MOST_INSTRUCTIONS)?;
        let length = u32::try_from(question.len()).expect("it is not that long");
        let place = self.input.call(&mut self.store, length)?;
        self.memory
            .write(&mut self.store, place as usize, question)?;
        let length = self.call.call(&mut self.store, length)?;
        let place = self.output.call(&mut self.store, ())?;
        let cost = MOST_INSTRUCTIONS - self.store.get_fuel()?;
        if cost > self.dearest.0 {
            self.dearest = (cost, shortened(question));
        }
        let mut answer = vec![0; length as usize];
        self.memory.read(&self.store, place as usize, &mut answer)?;
        Ok(String::from_utf8(answer).expect("the answer is text"))
    }

    /// How much memory it has, in bytes: a module never gives any back.
    pub fn memory(&self) -> usize {
        self.memory.data_size(&self.store)
    }
}

fn function<A: wasmi::WasmParams, R: wasmi::WasmResults>(
    store: &Store<()>,
    instance: Instance,
    name: &str,
) -> TypedFunc<A, R> {
    let function = instance.get_typed_func(store, name);
    function.unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn shortened(question: &[u8]) -> String {
    let text = String::from_utf8_lossy(question);
    text.chars().take(400).collect()
}
