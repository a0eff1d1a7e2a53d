public import SmartFlowMessages

extension ActionResultMessage {
  /// The parameters as rendered, as a type of the caller's own: for actions that `decided` does not know.
  ///
  /// - Parameter type: What they are; of an action without parameters it is decoded from no properties.
  /// - Returns: The parameters.
  /// - Throws: ``ParameterDecodingError`` with the coding path.
  public func parameters<Parameters: Decodable>(
    as type: Parameters.Type
  ) throws(ParameterDecodingError) -> Parameters {
    do {
      return try Parameters(from: ParameterDecoder(.object(parameters ?? [:]), path: []))
    } catch let error as ParameterDecodingError {
      throw error
    } catch {
      // A type's own coding may throw whatever it likes.
      throw .failed(description: "\(error)")
    }
  }
}
