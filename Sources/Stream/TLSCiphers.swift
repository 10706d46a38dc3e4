import NIOSSL

/// Cipher lists as ciphers(1) of OpenSSL describes them, over what there is here for TLS 1.2 and before. TLS 1.3 has its own, which no list leaves out.
enum TLSCiphers {
    private struct Cipher {
        let name: Substring
        let value: NIOTLSCipher
        /// What stands for it in lists, besides its name.
        let words: Set<Substring>

        init(_ name: Substring, _ value: NIOTLSCipher) {
            (self.name, self.value) = (name, value)
            let parts = name.split(separator: "-")
            var words: Set<Substring> = ["ALL", "DEFAULT", "HIGH"]
            words.formUnion(parts[0] == "ECDHE" ? ["ECDHE", "EECDH", "ECDH", "kECDHE", "kEECDH"] : ["RSA", "kRSA", "aRSA"])
            if parts[0] == "ECDHE" { words.formUnion(parts[1] == "RSA" ? ["aRSA"] : ["ECDSA", "aECDSA"]) }
            for size in ["128", "256"] where parts.contains("AES\(size)") { words.formUnion(["AES", Substring("AES\(size)")]) }
            if parts.contains("GCM") { words.insert("AESGCM") }
            if parts.contains("CHACHA20") { words.insert("CHACHA20") }
            if parts.last == "SHA" {
                words.formUnion(parts[0] == "ECDHE" ? ["SHA", "SHA1", "TLSv1", "TLSv1.0"] : ["SHA", "SHA1", "SSLv3"])
            } else {
                words.insert("TLSv1.2")
            }
            self.words = words
        }

        func matches(_ word: Substring) -> Bool { word == name || words.contains(word) }
        var bits: Int { words.contains("AES128") ? 128 : 256 }
    }

    /// In the order in which a list takes them up.
    private static let all = [
        Cipher("ECDHE-ECDSA-AES256-GCM-SHA384", .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384), Cipher("ECDHE-RSA-AES256-GCM-SHA384", .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384),
        Cipher("ECDHE-ECDSA-CHACHA20-POLY1305", .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256),
        Cipher("ECDHE-RSA-CHACHA20-POLY1305", .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256),
        Cipher("ECDHE-ECDSA-AES128-GCM-SHA256", .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256), Cipher("ECDHE-RSA-AES128-GCM-SHA256", .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256),
        Cipher("ECDHE-ECDSA-AES256-SHA", .TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA), Cipher("ECDHE-RSA-AES256-SHA", .TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA),
        Cipher("ECDHE-ECDSA-AES128-SHA", .TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA), Cipher("ECDHE-RSA-AES128-SHA", .TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA),
        Cipher("AES256-GCM-SHA384", .TLS_RSA_WITH_AES_256_GCM_SHA384), Cipher("AES128-GCM-SHA256", .TLS_RSA_WITH_AES_128_GCM_SHA256),
        Cipher("AES256-SHA", .TLS_RSA_WITH_AES_256_CBC_SHA), Cipher("AES128-SHA", .TLS_RSA_WITH_AES_128_CBC_SHA),
    ]

    /// What a list chooses, the preferred one first; words that stand for nothing choose nothing.
    static func chosen(by list: String) -> [NIOTLSCipher] { ciphers(list).map(\.value) }
    static func names(chosenBy list: String) -> [String] { ciphers(list).map { String($0.name) } }

    private static func ciphers(_ list: String) -> [Cipher] {
        var chosen: [Cipher] = [], barred: Set<Substring> = []
        for item in list.replacing("@", with: ":@").split(whereSeparator: { ":, ;".contains($0) }) {
            if item == "@STRENGTH" {
                // Stable.
                chosen = chosen.filter { $0.bits == 256 } + chosen.filter { $0.bits == 128 }
                continue
            }
            let sign = item.first.flatMap { "!-+".contains($0) ? $0 : nil }
            let words = (sign == nil ? item : item.dropFirst()).split(separator: "+", omittingEmptySubsequences: false)
            func matches(_ cipher: Cipher) -> Bool { !words.isEmpty && words.allSatisfy { cipher.matches($0) } }
            switch sign {
            case "!":
                barred.formUnion(all.filter(matches).map(\.name))
                chosen.removeAll(where: matches)
            case "-": chosen.removeAll(where: matches)
            case "+": chosen = chosen.filter { !matches($0) } + chosen.filter(matches)
            default: chosen += all.filter { cipher in matches(cipher) && !barred.contains(cipher.name) && !chosen.contains { $0.name == cipher.name } }
            }
        }
        return chosen
    }
}
