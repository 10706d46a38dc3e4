extension JSON {
    /// A number by RFC 8259, section 6; nil if the text is none, or too great for a double.
    init?(number text: [UInt8]) {
        guard Self.isNumber(text), let string = String(validating: text, as: UTF8.self) else { return nil }
        if let integer = Int64(string) {
            self = .integer(integer)
        } else if let real = Double(string), real.isFinite {
            self = JSON(real)
        } else {
            return nil
        }
    }

    /// A number: an integer if its value is one and in an integer's range, else a real.
    public init(_ number: Double) {
        self = Int64(exactly: number).map { .integer($0) } ?? .real(number)
    }

    /// `[-] (0 | 1–9 digits) [. digits] [(e|E) [+|-] digits]`
    private static func isNumber(_ text: [UInt8]) -> Bool {
        var rest = text[...]
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        /// Takes digits; false if there are none.
        func takeDigits() -> Bool {
            let count = rest.count
            rest = rest.drop(while: isDigit)
            return rest.count < count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        if rest.first == UInt8(ascii: "0") { rest = rest.dropFirst() } else if !takeDigits() { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            if !takeDigits() { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            if !takeDigits() { return false }
        }
        return rest.isEmpty
    }
}
