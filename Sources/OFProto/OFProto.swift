/// # OFProto
