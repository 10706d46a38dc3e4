/// What a daemon has written to its standard error stream, line by line: of lines of the log only the message, and not the one that it runs.
public func messages(_ text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
        let message = line.replacing(/^\d{4}-\d\d-\d\dT[0-9:]{8}Z\|\d{5,}\|\w+(\([^)]*\))?\|[A-Z]+\|/, with: "", maxReplacements: 1)
        return message != line && message.contains(/^needletaild \(Needletail\) [0-9.]+$/) ? nil : String(message)
    }
}
