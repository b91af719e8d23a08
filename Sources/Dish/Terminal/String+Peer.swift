extension String {
  /// The most characters (Unicode scalars) of a peer's text that are kept.
  static let maximumPeerCharacters = 200

  /// What a peer says, fit for a log, a table or a terminal: its printable characters, at most
  /// ``maximumPeerCharacters``. Line ends, escape sequences' beginnings and invisible marks are left out.
  init(fromPeer text: String) {
    var kept = UnicodeScalarView()
    kept.append(
      contentsOf: text.unicodeScalars.lazy.filter(\.isPrintable).prefix(Self.maximumPeerCharacters))
    self.init(kept)
  }
}

extension Unicode.Scalar {
  /// Whether a terminal shows it, and does nothing else: no control (C0, DEL, C1) and no invisible mark.
  package var isPrintable: Bool {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    default: true
    }
  }
}
