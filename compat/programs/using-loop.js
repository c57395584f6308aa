// `using` directly in a loop: the second round must not see the error of the first.

for (const n of [1, 2]) {
  try {
    using _ = { [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() {} };
    if (n === 1) throw new Error("first");
    console.log("second");
  } catch (error) {
    console.log(error.message);
  }
}
