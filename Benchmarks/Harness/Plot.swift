import Foundation

/// A chart of grouped horizontal bars as SVG 1.1, readable on a light and on a dark page.
struct BarChart {
    struct Group {
        var title: String
        /// One a series; nil: no bar.
        var values: [Double?]
    }
    var title: String
    var series: [String]
    var groups: [Group]

    private static let colours = ["#8a8f98", "#c8553d", "#2a7f9e", "#6a994e"]
    private static let barHeight = 14, gap = 12, left = 260, plotWidth = 460, right = 70

    var svg: String {
        let groupHeight = series.count * Self.barHeight + Self.gap
        let top = 64, width = Self.left + Self.plotWidth + Self.right, height = top + groups.count * groupHeight + 12
        let largest = groups.flatMap(\.values).compactMap(\.self).max() ?? 0
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" font-family=\"sans-serif\" font-size=\"12\">",
            "<rect width=\"\(width)\" height=\"\(height)\" fill=\"#ffffff\"/>",
            "<text x=\"16\" y=\"24\" font-size=\"15\">\(escaped(title))</text>",
        ]
        for (index, name) in series.enumerated() {
            let x = 16 + index * 160
            lines.append("<rect x=\"\(x)\" y=\"36\" width=\"12\" height=\"12\" fill=\"\(colour(index))\"/>")
            lines.append("<text x=\"\(x + 18)\" y=\"46\">\(escaped(name))</text>")
        }
        for (row, group) in groups.enumerated() {
            let y = top + row * groupHeight
            lines.append("<text x=\"\(Self.left - 10)\" y=\"\(y + groupHeight / 2)\" text-anchor=\"end\">\(escaped(group.title))</text>")
            for (index, value) in group.values.enumerated() {
                guard let value, value > 0, largest > 0 else { continue }
                let length = max(1, Int(value / largest * Double(Self.plotWidth)))
                let barY = y + index * Self.barHeight
                lines.append("<rect x=\"\(Self.left)\" y=\"\(barY)\" width=\"\(length)\" height=\"\(Self.barHeight - 2)\" fill=\"\(colour(index))\"/>")
                lines.append("<text x=\"\(Self.left + length + 6)\" y=\"\(barY + 10)\" font-size=\"11\">\(figure(value))</text>")
            }
        }
        return lines.joined(separator: "\n") + "\n</svg>\n"
    }

    private func colour(_ index: Int) -> String { Self.colours[index % Self.colours.count] }
}

/// Text as it may stand in XML.
func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
}
