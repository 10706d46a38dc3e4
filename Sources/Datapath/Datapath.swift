/// # Datapath
///
/// The poll-mode datapath. One PMD thread a core polls receive queues, extracts keys, looks them up in the EMC,
/// the SMC and the dpcls, executes the megaflow's actions and sends. A packet without a megaflow goes up to the
/// ofproto thread on a ring, and comes back with the megaflow as a command on another.
