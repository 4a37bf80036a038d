//! The table for people.

use super::prove::Proof;
use super::{Direction, End, Port};
use crate::say::{Said, Speech, said};
use std::fmt::Write;

/// One line a port, with what was found there.
pub fn lines(speech: Speech, proofs: &[Proof]) -> String {
    let mut text = String::new();
    for Proof { port, place, verdict } in proofs {
        let mark = if verdict.is_fault() { "✗" } else { "✓" };
        let _ = writeln!(
            text,
            "{mark} {} {place}  {}  {}  ({})\n    {}",
            port.protocol,
            speech.word(&direction(port.direction)),
            speech.word(&port.purpose),
            port.key,
            speech.word(&verdict.said())
        );
    }
    text
}

/// The table as a page.
pub fn markdown(table: &[Port]) -> String {
    let mut text = String::from(
        "# 端口 / Ports\n\n\
         防火墙需要放行的全部端口，以及由哪个键决定。示例是一台启用了全部功能的服务器；您自己的：`causeway check --ports 文件`，它还会从本机内部逐个验证。\n\n\
         Every port that a firewall has to let pass, and the key that sets it. The example is a bridge \
         with everything switched on; for your own: `causeway check --ports FILE`, which also proves each \
         from inside.\n\n\
         | 端口 / port | 协议 / protocol | 方向 / direction | 用途 / purpose | 键 / key |\n\
         |---|---|---|---|---|\n",
    );
    for port in table {
        let place = match &port.end {
            End::Listen(address) => address.port().to_string(),
            End::Media { min, max, .. } => format!("{min}-{max}"),
            End::Workers { first, count: 0 | 1, .. } => first.to_string(),
            End::Workers { first, count, .. } => format!("{first}-{}", first + (count - 1)),
            End::Remote(remote) => remote.clone(),
        };
        let keys: Vec<_> = port.key.split(", ").map(|key| format!("`{key}`")).collect();
        let _ = writeln!(
            text,
            "| {place} | {} | {} | {} | {} |",
            port.protocol,
            Speech::Both.word(&direction(port.direction)),
            Speech::Both.word(&port.purpose),
            keys.join(", ")
        );
    }
    text
}

fn direction(direction: Direction) -> Said {
    match direction {
        Direction::In => said("入", "in"),
        Direction::Out => said("出", "out"),
        Direction::Both => said("入、出", "in and out"),
    }
}
