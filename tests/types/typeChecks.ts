// Declared and not written: what calls them is compiled and never run.

/** Checks that a value of either type can be given where the other is wanted. */
export declare function fits<TOne extends TOther, TOther>(
  ...proof: TOther extends TOne ? [] : [doesNotFit: TOther]
): void;

/** Checks that the compiler tells two types apart nowhere. */
export declare function same<TOne, TOther>(
  ...proof: (<T>() => T extends TOne ? 1 : 2) extends <T>() => T extends TOther ? 1 : 2
    ? []
    : [isNot: TOther]
): void;

/** Checks that a value can be given where a type is wanted. */
export declare function accepts<TWanted>(value: TWanted): void;
