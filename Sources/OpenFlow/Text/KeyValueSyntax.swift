import Flow

/// The parts of "key=value,key:value,key(value) key": the grammar that flows, actions and their arguments share.
/// Commas and blanks separate; a value reaches to the next separator outside parentheses and quotes, or to the
/// closing parenthesis. Of "key(value)->destination" the value is "value)->destination".
struct KeyValues {
    var rest: TextSlice

    struct Part {
        var key: TextSlice
        /// Empty if there is none.
        var value: TextSlice
        /// "=", ":" or "("; 0 without a value.
        var delimiter: UInt8
        /// Key and value as they stand.
        var whole: TextSlice
    }

    init(_ text: TextSlice) { rest = text }

    mutating func next() -> Part? {
        _ = rest.take(while: isSeparator)
        guard !rest.isEmpty else { return nil }
        let begin = rest
        let key = rest.first == 0x22 ? takeQuoted() : rest.take { !isSeparator($0) && $0 != 0x3a && $0 != 0x3d && $0 != 0x28 }
        guard let delimiter = rest.first, !isSeparator(delimiter) else {
            return Part(key: key, value: rest.prefix(to: rest.start), delimiter: 0, whole: begin.prefix(to: rest.start))
        }
        guard delimiter == 0x3a || delimiter == 0x3d || delimiter == 0x28 else {
            // What follows a quoted key directly starts the next part.
            return Part(key: key, value: rest.prefix(to: rest.start), delimiter: 0, whole: begin.prefix(to: rest.start))
        }
        rest.start += 1
        let value: TextSlice
        if delimiter == 0x28 {
            value = takeArguments()
        } else {
            value = takeValue()
        }
        return Part(key: key, value: value, delimiter: delimiter, whole: begin.prefix(to: rest.start))
    }

    /// What stands behind the last part and the separator at its end.
    var behind: TextSlice { rest.suffix(from: rest.start + 1) }

    private mutating func takeArguments() -> TextSlice {
        let begin = rest
        rest.start = rest.closingParenthesis() ?? rest.end
        if rest.hasPrefix(")->") {
            _ = takeValue()
            return begin.prefix(to: rest.start)
        }
        defer { rest.start = min(rest.start + 1, rest.end) }
        return begin.prefix(to: rest.start)
    }

    private mutating func takeValue() -> TextSlice {
        let begin = rest
        var depth = 0
        while let byte = rest.first, depth > 0 || !isSeparator(byte) {
            if byte == 0x22 { _ = takeQuoted(); continue }
            if byte == 0x28 { depth += 1 }
            if byte == 0x29 { depth = max(0, depth - 1) }
            rest.start += 1
        }
        return begin.prefix(to: rest.start)
    }

    /// A string in double quotes, with them.
    private mutating func takeQuoted() -> TextSlice {
        let begin = rest
        rest.start += 1
        while let byte = rest.first {
            rest.start = min(rest.start + (byte == 0x5c ? 2 : 1), rest.end)
            if byte == 0x22 { break }
        }
        return begin.prefix(to: rest.start)
    }
}

private func isSeparator(_ byte: UInt8) -> Bool {
    byte == 0x2c || byte == 0x20 || (0x09...0x0d).contains(byte)
}

/// The words of a text that is cut at any of some bytes, as strtok(3) cuts it.
struct Words {
    var rest: TextSlice

    init(_ text: TextSlice) { rest = text }

    /// The next word; the byte that ends it is taken as well.
    mutating func next(_ separators: String) -> TextSlice? {
        let separators = Array(separators.utf8)
        _ = rest.take { separators.contains($0) }
        guard !rest.isEmpty else { return nil }
        let word = rest.take { !separators.contains($0) }
        rest.start = min(rest.start + 1, rest.end)
        return word
    }
}
