// The types of events, inferred from what an emitter declares: handler properties, as DOM targets have; a map of events, as
// `EventEmitter<{ data: [string] }>` has; or overloads of `on`. A program for browsers compiles without the types of Node.

/** The names of the events of `E` whose types are known. */
export type EventName<E> = HandledName<E> | EmittedName<E>;

/** The type of the event called `Name` of `E`: the `Event` object, or the first argument of an emitter's event. */
export type EventOf<E, Name extends string> =
  Name extends HandledName<E> ? HandledEvent<E, Name> : First<EmittedArguments<E, Name>>;

/** The event names for which `E` has a handler property, such as `onclick` of DOM objects. */
type HandledName<E> = {
  [K in keyof E]: K extends `on${infer Name}` ? IfKnown<HandledEvent<E, Name>, Name> : never;
}[keyof E];

type HandledEvent<E, Name extends string> =
  E extends Readonly<Record<`on${Name}`, infer Handler>>
    ? NonNullable<Handler> extends (event: infer Event) => unknown
      ? Event
      : unknown
    : unknown;

// An object that is a DOM target too emits `Event` objects to the listeners of a channel, and not what its `on` declares.
type EmittedName<E> = E extends { addEventListener: unknown } ? never : MappedName<EventMap<E>> | OverloadedName<E>;

type EmittedArguments<E, Name> = Name extends keyof EventMap<E> ? EventMap<E>[Name] : OverloadedArguments<E, Name>;

// Without the types of Node the type is `any`, which is not an error here. With the comment it is not one in the declarations either.
/* eslint-disable @typescript-eslint/ban-ts-comment, @typescript-eslint/consistent-type-imports */
/** @ts-ignore */
type NodeEmitter<Map> = import("node:events").EventEmitter<Map>;
/* eslint-enable */

/**
 * The map of an `EventEmitter<Map>`. It is `unknown` for other emitters, and of no use for a class that extends one: the compiler infers only
 * the names of its events, because the methods are generic. The tuples prevent that the result is `any` without the types of Node.
 */
type EventMap<E> = [E] extends [NodeEmitter<infer Map>]
  ? unknown extends Map
    ? unknown
    : Map extends readonly unknown[]
      ? unknown
      : Map
  : unknown;

type MappedName<Map> = { [K in keyof Map]: IfKnown<First<Map[K]>, K> }[keyof Map];

/** The declared overloads of `on`, as pairs of a name and the listener's arguments. The first overload stands for missing ones. */
type Overload<E> = E extends {
  on: {
    (name: infer N1, listener: (...args: infer A1) => void): unknown;
    (name: infer N2, listener: (...args: infer A2) => void): unknown;
    (name: infer N3, listener: (...args: infer A3) => void): unknown;
    (name: infer N4, listener: (...args: infer A4) => void): unknown;
    (name: infer N5, listener: (...args: infer A5) => void): unknown;
    (name: infer N6, listener: (...args: infer A6) => void): unknown;
    (name: infer N7, listener: (...args: infer A7) => void): unknown;
    (name: infer N8, listener: (...args: infer A8) => void): unknown;
    (name: infer N9, listener: (...args: infer A9) => void): unknown;
    (name: infer N10, listener: (...args: infer A10) => void): unknown;
    (name: infer N11, listener: (...args: infer A11) => void): unknown;
    (name: infer N12, listener: (...args: infer A12) => void): unknown;
    (name: infer N13, listener: (...args: infer A13) => void): unknown;
    (name: infer N14, listener: (...args: infer A14) => void): unknown;
    (name: infer N15, listener: (...args: infer A15) => void): unknown;
    (name: infer N16, listener: (...args: infer A16) => void): unknown;
  };
}
  ? | [N1, A1]
    | [N2, A2]
    | [N3, A3]
    | [N4, A4]
    | [N5, A5]
    | [N6, A6]
    | [N7, A7]
    | [N8, A8]
    | [N9, A9]
    | [N10, A10]
    | [N11, A11]
    | [N12, A12]
    | [N13, A13]
    | [N14, A14]
    | [N15, A15]
    | [N16, A16]
  : never;

/** The names of an overload that is for certain names. */
type OverloadedName<E> = Named<Overload<E>>;

type Named<O> = O extends [infer Name, infer Arguments]
  ? string extends Name
    ? never
    : IfKnown<First<Arguments>, Name>
  : never;

type OverloadedArguments<E, Name> = ArgumentsOf<Overload<E>, Name>;

type ArgumentsOf<O, Name> = O extends [infer N, infer Arguments]
  ? string extends N
    ? never
    : Name extends N
      ? Arguments
      : never
  : never;

type First<Arguments> = Arguments extends unknown[] ? Arguments[0] : unknown;

/** `Name`, unless the type of its event is `any` or `unknown`. */
type IfKnown<Event, Name> = unknown extends Event ? never : Name;
