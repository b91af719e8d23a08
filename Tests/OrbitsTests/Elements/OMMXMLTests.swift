import Testing

@testable import Orbits

extension OMM {
  /// The element set of ``OMM/elements`` as XML.
  static let xml = """
    <?xml version="1.0" encoding="UTF-8"?>
    <ndm xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
    \(message)
    </ndm>

    """

  static let message = """
    <omm id="CCSDS_OMM_VERS" version="2.0"><header><CREATION_DATE/><ORIGINATOR/></header>
    <body><segment><metadata><OBJECT_NAME>CALSPHERE 1</OBJECT_NAME><OBJECT_ID>1964-063C</OBJECT_ID>
    <CENTER_NAME>EARTH</CENTER_NAME><REF_FRAME>TEME</REF_FRAME><TIME_SYSTEM>UTC</TIME_SYSTEM>
    <MEAN_ELEMENT_THEORY>SGP4</MEAN_ELEMENT_THEORY></metadata><data><meanElements>
    <EPOCH>2026-08-22T12:30:24.433632</EPOCH><MEAN_MOTION>13.76683693</MEAN_MOTION>
    <ECCENTRICITY>.00279781</ECCENTRICITY><INCLINATION>90.2176</INCLINATION>
    <RA_OF_ASC_NODE>73.3121</RA_OF_ASC_NODE><ARG_OF_PERICENTER>91.0130</ARG_OF_PERICENTER>
    <MEAN_ANOMALY>301.2972</MEAN_ANOMALY></meanElements><tleParameters>
    <EPHEMERIS_TYPE>0</EPHEMERIS_TYPE><CLASSIFICATION_TYPE>U</CLASSIFICATION_TYPE>
    <NORAD_CAT_ID>900</NORAD_CAT_ID><ELEMENT_SET_NO>999</ELEMENT_SET_NO>
    <REV_AT_EPOCH>8055</REV_AT_EPOCH><BSTAR>.46237927E-3</BSTAR>
    <MEAN_MOTION_DOT>.465E-5</MEAN_MOTION_DOT><MEAN_MOTION_DDOT>0</MEAN_MOTION_DDOT>
    </tleParameters></data></segment></body></omm>
    """
}

struct OMMXMLTests {
  private func expectTheSet(_ text: String) {
    let parsed = ElementSet.parse(text)
    #expect(parsed.problems.isEmpty, "\(parsed.problems)")
    #expect(parsed.elements == [OMM.elements])
  }

  private func firstProblem(_ text: String) -> String {
    ElementSet.parse(text).problems.first?.message ?? ""
  }

  @Test func messagesAreReadAloneAndCombined() {
    expectTheSet(OMM.xml)
    expectTheSet(OMM.message)
    expectTheSet("\u{FEFF}" + OMM.xml.replacing("\n", with: "\r\n"))
    #expect(ElementSetFormat(of: OMM.xml) == .xml)
  }

  @Test func publishedFileIsRead() throws {
    let parsed = ElementSet.parse(try Fixture.text("iridium.omm.xml"))
    #expect(parsed.problems.isEmpty)
    #expect(parsed.elements.map(\.name) == ["IRIDIUM 7", "IRIDIUM 5"])
    #expect(parsed.elements.map(\.catalogNumber) == [24_793, 24_795])
    #expect(parsed.elements[1].eccentricity == 0.0101622)
    #expect(parsed.elements[0].epoch.description == "2026-02-19T01:16:29.251776Z")
  }

  @Test func commentsNamespacesUnitsAndOtherElementsDoNotMatter() {
    let decorated = OMM.xml.replacing("<ndm ", with: "<!-- <omm> --><n:ndm xmlns:n='urn:x' ")
      .replacing("</ndm>", with: "</n:ndm><!-- end -->")
      .replacing("<EPOCH>", with: "<EPOCH\n >\n <!-- a > b --> ")
      .replacing("<INCLINATION>", with: "<INCLINATION units=\"DEG\">")
      .replacing("<BSTAR>", with: "<BSTAR units='1/ER'>")
      .replacing(
        "</tleParameters>",
        with: "</tleParameters><userDefinedParameters>"
          + "<USER_DEFINED parameter=\"EPOCH\">x</USER_DEFINED></userDefinedParameters>")
    expectTheSet(decorated)
  }

  @Test func referencesAndCDATAAreResolvedOnce() {
    let name = OMM.xml.replacing(
      "CALSPHERE 1", with: "A&amp;lt;&#66;&#x1F680;<![CDATA[ <&amp;> ]]>&quot;")
    #expect(ElementSet.parse(name).elements.first?.name == "A&lt;B🚀 <&amp;> \"")
  }

  @Test func documentTypesAreRefusedSoThatNoEntityCanGrow() {
    let bomb = OMM.xml.replacing(
      "<ndm ", with: "<!DOCTYPE ndm [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><ndm ")
    #expect(firstProblem(bomb).contains("document type"))
    #expect(ElementSet.parse(bomb).elements.isEmpty)
    #expect(firstProblem(OMM.xml.replacing("CALSPHERE 1", with: "&a;")).contains("reference"))
    #expect(firstProblem(OMM.xml.replacing("CALSPHERE 1", with: "&#0;")).contains("reference"))
    #expect(firstProblem(OMM.xml.replacing("CALSPHERE 1", with: "&#xD800;")).contains("reference"))
  }

  @Test func nestingHasALimit() {
    let deep = "<ndm>" + String(repeating: "<a>", count: 100_000)
    #expect(firstProblem(deep).contains("nested deeper"))
  }

  @Test(arguments: [
    ("</EPOCH>", "</EPOCHE>"), ("<EPOCH>", "<EPOCH"), ("<ndm ", "<ndm a "), ("<ndm ", "<ndm a=b "),
    ("<EPOCH>", "<EPOCH><x>"), ("</ndm>", "</ndm><ndm/>"), ("</ndm>", "</ndm>text"),
    ("CALSPHERE 1", "A & B"), ("CALSPHERE 1", "<![CDATA[ open"), ("</ndm>", ""),
    ("<omm ", "<omm><omm "), ("<ndm ", "<html "),
  ])
  func brokenXMLIsToldWithItsPlace(part: String, broken: String) {
    let problem = ElementSet.parse(OMM.xml.replacing(part, with: broken)).problems.first
    #expect(problem != nil && problem?.cure.isEmpty == false)
    #expect((problem?.line ?? 0) > 0)
  }

  @Test func whatStandsBeforeAnErrorIsKept() {
    let cut = OMM.xml.replacing("</ndm>", with: OMM.message.prefix(while: { $0 != "-" }))
    let parsed = ElementSet.parse(cut)
    #expect(parsed.elements == [OMM.elements])
    #expect(parsed.problems.count == 1)
    #expect(parsed.problems.first?.message.contains("ends too early") == true)
  }

  @Test func otherUnitsAndRepeatedKeywordsAreRefused() {
    let radians = OMM.xml.replacing("<INCLINATION>", with: "<INCLINATION units=\"rad\">")
    #expect(firstProblem(radians).contains("\"rad\", not deg"))
    let twice = OMM.xml.replacing("<BSTAR>", with: "<BSTAR>1</BSTAR><BSTAR>")
    #expect(firstProblem(twice).contains("BSTAR twice"))
    #expect(firstProblem("<ndm></ndm>").contains("no <omm>"))
    #expect(firstProblem("<ndm><omm/></ndm>").contains("is missing"))
  }
}
