import Blueprint
public import Roadside
public import RoadsideRules

extension WebContext {
    /// The document named by `<id>`, in any of its forms.
    ///
    /// - Throws: `NOT_FOUND` for what cannot be a name: there is nothing of that name.
    public func reference(to what: String) throws(RoadsideError) -> Reference {
        guard let reference = routing.parameters["id"].flatMap(Reference.init) else { throw .notFound(what) }
        return reference
    }
}
