// Which characters must not reach a person's terminal or a reader of lines as
// they are. Logs and JSON events both ask here, so that they agree.

#ifndef DIRWATCHER_TEXT_CONTROL_CHARACTERS_H_
#define DIRWATCHER_TEXT_CONTROL_CHARACTERS_H_

namespace dirwatcher {

// Whether `c` makes a terminal or a reader of lines do something instead of
// showing something:
//   - C0 (U+0000..U+001F, the tab too), DEL and C1 (U+0080..U+009F): terminals
//     obey them (ECMA-48), and U+0085 ends a line for many readers;
//   - U+2028 and U+2029, the line and paragraph separators of Unicode: Python's
//     splitlines() and JavaScript before ES2019 end a line there;
//   - the characters that change the direction of text (Unicode Standard Annex
//     9, "Explicit Directional Formatting Characters"): with them a file name
//     can be shown as another one.
// Everything else is shown, also what has no width.
constexpr bool IsControlCharacter(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || c == 0x200E ||
         c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

}  // namespace dirwatcher

#endif  // DIRWATCHER_TEXT_CONTROL_CHARACTERS_H_
