// The version of all programs of this project.

#ifndef DIRWATCHER_CMD_VERSION_H_
#define DIRWATCHER_CMD_VERSION_H_

namespace dirwatcher {

// Semantic Versioning 2.0.0; CHANGELOG.md says what each one brought.
inline constexpr char kVersion[] = "0.1.0";

}  // namespace dirwatcher

#endif  // DIRWATCHER_CMD_VERSION_H_
