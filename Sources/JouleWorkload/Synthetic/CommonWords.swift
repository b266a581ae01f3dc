/// Short English words that the usual vocabularies of byte-pair encoding hold whole, so that a text of N of them has about N tokens.
///
/// Their order and number are part of every synthetic prompt: a change would make new results incomparable with old ones. Each is one
/// token of SmolLM2's vocabulary (49,152 entries), with a space before it and without; in others a few may be two tokens.
enum CommonWords {
    static let all: [String] = text.split(whereSeparator: \.isWhitespace).map(String.init)

    private static let text = """
        able about above add after again age agree air all allow alone along also among and any apple area arm art ask avoid away baby
        back bad bag ball band bank bar base basic bear beat bed begin below best big bill bird birth bit black block blood blow blue
        board boat body bone book born both box boy bread break brief broad brown build burn but buy call camp can car card care case
        cat catch cause cell chain chair check chief child city claim class clean clear clock close cloth cloud club coal coast coat
        code cold color come cook cool copy corn cost could count court cover cross cup curve cut daily dark date day dead deal death
        deep dog door down draw dream drive drop dry dust duty each early earth east easy eat edge egg eight else empty end enter equal
        even event ever every exact exist extra eye face fact fail fair fall far farm fast feel few field fight fill film final find
        fine fire firm first fish fit five flat floor flow fly food foot force form found four free fresh from front fruit full fun game
        gas gate get girl give glass goal gold good grand grass gray great green group grow guard guess guide hair half hall hand happy
        hard have head heart heat heavy help her here high hill him hit hold hole home horse hot hour house how human ice idea image
        into iron issue item job join jump just keep key kind king know lake land large last late law lay lead leaf learn least leave
        left leg less let level lie life lift light like limit line link lip list live local lock long look loss lot love low main make
        man many map mark mass match may maybe meal mean meat metal might mile milk mind mine miss model money month moon more most
        mouth move much music must name near neck need never new news next night nine none north nose note now ocean offer often oil old
        once one only open order other our out over own page pair paper park part party pass past path pay peace pen phone photo piece
        place plain plan plane plant play pool poor post pull push put race rain rate read real red rest rice rich ride ring rise road
        rock roll room root rose row rule run safe salt same sand save say sea seat see seed sell send set she ship shop show side sign
        sing sit six size skin sky slow snow soft soil some son song soon sort spot star stay step stop such sun tail take talk tall
        team tell ten term test than that them then they thin this thus time tiny tone too tool top town tree trip true try turn two
        type unit upon use very view wait walk wall want war warm wash wave way wear week well west when who why wide wife wild will
        wind wine wing wise with wood word work yard year yes yet you
        """
}
