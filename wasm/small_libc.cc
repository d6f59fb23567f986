// The few functions of the C and C++ libraries that are large and hardly used, in small. They take the place
// of the libraries' own when the core is linked, and save 25 kB gzipped: those compute with 128-bit floats,
// and bring tables of powers of ten, for what every JavaScript engine can do as well.
#include <charconv>
#include <cstdarg>
#include <cstddef>
#include <cstring>
#include <system_error>

// The number that a decimal floating point literal means, correctly rounded. NaN when it is none. What
// JavaScript gives it: numbers.cc, or js/secrets/json_core.js.
extern "C" [[clang::import_module("env"), clang::import_name("hawser_parse_number")]] double
hawser_parse_number(const char* text, std::size_t length);

namespace {

// The length of what looks like a number at the start of `text`.
std::size_t NumberLength(const char* text, const char* end) {
  const char* at = text;
  while (at != end && *at != '\0' && std::strchr("0123456789.eE+-", *at) != nullptr) ++at;
  return static_cast<std::size_t>(at - text);
}

// Writes the conversions that nlohmann_json uses: %x and %X of an unsigned, with zeroes in front up to the
// width or precision. Traps at any other, because a text that is silently wrong would be worse.
int Format(char* out, std::size_t size, const char* format, std::va_list args) {
  std::size_t length = 0;
  const auto put = [&](char c) {
    if (length + 1 < size) out[length] = c;
    ++length;
  };
  for (; *format != '\0'; ++format) {
    if (*format != '%') {
      put(*format);
      continue;
    }
    int width = 0;
    for (++format; *format == '.' || (*format >= '0' && *format <= '9'); ++format) {
      if (*format != '.') width = width * 10 + (*format - '0');
    }
    if (*format != 'x' && *format != 'X') __builtin_trap();
    const char* digits = *format == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    const unsigned value = va_arg(args, unsigned);
    int count = 1;
    while (count < 8 && (count < width || value >> (4 * count) != 0)) ++count;
    while (count-- > 0) put(digits[value >> (4 * count) & 0xf]);
  }
  if (size > 0) out[length < size ? length : size - 1] = '\0';
  return static_cast<int>(length);
}

}  // namespace

extern "C" {

// There are no signals here; the library's own functions bring timers along, and the end of the process.
void abort() { __builtin_trap(); }
int raise(int) { __builtin_trap(); }
void _emscripten_timeout(int, double) {}

// Decimal numbers only, without white space in front.
double strtod(const char* text, char** end) {
  const std::size_t length = NumberLength(text, text + std::strlen(text));
  if (end != nullptr) *end = const_cast<char*>(text + length);
  return hawser_parse_number(text, length);
}
float strtof(const char* text, char** end) { return static_cast<float>(strtod(text, end)); }
long double strtold(const char* text, char** end) { return strtod(text, end); }

int snprintf(char* out, std::size_t size, const char* format, ...) {
  std::va_list args;
  va_start(args, format);
  const int length = Format(out, size, format, args);
  va_end(args);
  return length;
}

// What libc++ 20 and later call for std::from_chars(…, double&): __from_chars_floating_point<double>() with
// the result type __from_chars_result<double>. Declared by its symbol, so that a libc++ that has changed this
// merely leaves it unused; then the core is larger than the build allows, and somebody looks here.
struct FromCharsResult {
  double value;
  std::ptrdiff_t length;
  std::errc error;
};
FromCharsResult FromChars(const char* first, const char* last, std::chars_format) __asm__(
    "_ZNSt3__227__from_chars_floating_pointIdEENS_19__from_chars_resultIT_EEPKcS5_NS_12chars_formatE");
FromCharsResult FromChars(const char* first, const char* last, std::chars_format) {
  const std::size_t length = NumberLength(first, last);
  const double value = hawser_parse_number(first, length);
  std::errc error{};
  if (length == 0 || value != value) {
    error = std::errc::invalid_argument;
  } else if (value - value != 0) {  // Infinite.
    error = std::errc::result_out_of_range;
  } else if (value == 0) {  // Too small, or written as zero.
    for (const char* at = first; at != first + length && *at != 'e' && *at != 'E'; ++at) {
      if (*at >= '1' && *at <= '9') error = std::errc::result_out_of_range;
    }
  }
  return {value, static_cast<std::ptrdiff_t>(length), error};
}

}  // extern "C"
