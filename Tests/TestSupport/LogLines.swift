/// What a daemon has written to its standard error stream, line by line: of lines of the log only the message, and not the one that it runs.
public func messages(_ text: String) -> [String] {
    // That it has started, and what has come and gone.
    let threads = /^(Discovered \d+ .*|PMD thread on numa_id: .*|There are \d+ pmd threads on .*|Performing pmd to rx queue assignment .*|Core .* rx queue \d+.*)$/
    let usual = /^(needletaild \(Needletail\) [0-9.]+|bridge \S+: ((added|deleted) interface \S+ on port \d+|using datapath ID [0-9a-f]{16})|\S+: (added|removed) (service|primary) controller \S+)$/
    return text.split(separator: "\n").compactMap { line in
        let message = line.replacing(/^\d{4}-\d\d-\d\dT[0-9:]{8}Z\|\d{5,}\|\w+(\([^)]*\))?\|[A-Z]+\|/, with: "", maxReplacements: 1)
        return message != line && (message.contains(usual) || message.contains(threads)) ? nil : String(message)
    }
}
