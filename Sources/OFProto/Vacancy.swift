import OpenFlow

extension OpenFlowTable {
    /// The share of its room that is free, in per cent, rounded down. A table without a limit of its own has all of 32 bits, as in OVS.
    var vacancy: UInt8 {
        let maximum = config.maximum ?? Int(UInt32.max)
        guard maximum > 0 else { return 100 }
        return UInt8(max(0, maximum - liveCount) * 100 / maximum)
    }

    /// Begins to watch how full the table is, or ends it (OpenFlow 1.4, section 7.3.4.1). What is told first is that it crosses the threshold
    /// that it is not beyond now.
    func watch(_ wanted: TableVacancy) {
        config.vacancy = wanted
        nextVacancyEvent = !wanted.isEnabled ? nil : vacancy < wanted.up ? .vacancyUp : .vacancyDown
    }

    /// The event that has come about since the last look; nil: none.
    func takeVacancyEvent() -> TableStatus.Reason? {
        guard let next = nextVacancyEvent, let wanted = config.vacancy else { return nil }
        switch next {
        case .vacancyDown where vacancy < wanted.down: nextVacancyEvent = .vacancyUp
        case .vacancyUp where vacancy > wanted.up: nextVacancyEvent = .vacancyDown
        default: return nil
        }
        return next
    }
}

extension Bridge {
    /// Tells controllers of tables that have become fuller or emptier than they asked (OFPT_TABLE_STATUS). While a bundle is prepared, its flows are in
    /// the tables and are not to be told of: what has happened is told at its end.
    func tellVacancy() {
        guard connections.tableChanger == nil else { return }
        for case let table? in tables where table.nextVacancyEvent != nil {
            if let reason = table.takeVacancyEvent() { connections.tell(TableStatus(reason, tableDescription(table.id))) }
        }
    }
}
