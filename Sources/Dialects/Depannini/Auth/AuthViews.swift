import BSON
import Roadside
import RoadsideWeb

/// B4–B6 and B12: the pair of tokens, and whose they are.
enum TokensView {
    static func json(_ signIn: SignIn, _ catalog: Catalog) -> JSON {
        pair(signIn).adding("user", PersonView.json(signIn.account, catalog))
    }

    /// With what a newcomer should read.
    static func newcomer(_ signIn: SignIn, _ catalog: Catalog) -> JSON {
        json(signIn, catalog).adding("notices", JSON(signIn.notices))
    }

    /// The refresh token is another one each time; the old one has served (contracts section 2).
    static func pair(_ signIn: SignIn) -> JSON {
        ["access": .string(signIn.tokens.accessToken), "refresh": .string(signIn.tokens.refreshToken)]
    }

    static let pairExample: JSON = ["access": "eyJhbGciOi…", "refresh": "c3VjY2Vzc29y…"]
    static let example = pairExample.adding("user", PersonView.example)
    static let newcomerExample = example.adding("notices", ["You are in no search before you have told where you are."])
}

/// What is said where there is nothing else to say.
enum DetailView {
    static func json(_ detail: String) -> JSON { ["detail": .string(detail)] }
}
