/// The release that keeper and workers are of.
public enum ServerVersion {
  /// Its number, by semantic versioning.
  public static let text = "0.1.0"
}
