/// What one socket means to the application; every call comes on the connection's event loop, one at a time.
public protocol SocketSession: AnyObject {
    /// The 101 is on its way and the socket may send.
    func opened(_ connection: SocketConnection)
    /// One whole text message, already checked to be UTF-8.
    func received(text: [UInt8])
    /// One whole binary message; only where the limits allow it.
    func received(binary: [UInt8])
    /// The answer to a ping sent with `SocketConnection.ping(_:)`. A client may answer only the newest of several
    /// pings, so the payload stands for all before it.
    func received(pong: [UInt8])
    /// The peer has read enough for more to be sent.
    func becameWritable()
    /// A message came over the rate and was dropped; `strikes` counts towards the end of the socket.
    func exceededRate(strikes: Int)
    /// The server ends the socket: the returned frame goes out just before the closing frame.
    func closing(_ disconnect: Disconnect) -> EncodedFrame?
    /// The connection is gone; the last call.
    func closed()
}

extension SocketSession {
    public func received(binary: [UInt8]) {}
    public func received(pong: [UInt8]) {}
    public func becameWritable() {}
    public func exceededRate(strikes: Int) {}
    public func closing(_ disconnect: Disconnect) -> EncodedFrame? { nil }
    public func closed() {}
}
