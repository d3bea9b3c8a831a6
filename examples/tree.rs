use gate::parse::*;
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let lang = gate::lang::for_extension(path.rsplit('.').next().unwrap()).unwrap();
    let file = Parser::default().parse(&text, lang);
    let depth = |n: Node| n.ancestors().count();
    for n in file.tree.nodes() {
        println!(
            "{:indent$}{} {:?} {}:{} {}",
            "",
            n.kind_name(),
            n.role(),
            format!("{:?}", n.field()),
            n.line(),
            if n.first_child().is_none() { n.text() } else { "" },
            indent = depth(n) * 2
        );
    }
}
