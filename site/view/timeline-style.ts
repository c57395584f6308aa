// The style sheet of the shadow tree of a timeline. The custom properties are those of view.css.

/** The rules for everything around the picture, whose own rules are in its SVG. */
export const timelineStyle = `
:host { display: flex; flex-direction: column; min-height: 0; max-height: inherit; }
.scroller {
  flex: 0 1 auto; min-height: 0; display: flex; align-items: flex-start; position: relative; overflow: auto; max-height: inherit;
  background: var(--trace-background); border: 1px solid var(--trace-grid); border-radius: 6px;
  font: 12px ui-sans-serif, system-ui, sans-serif; color: var(--trace-foreground);
}
.scroller:focus-visible { outline: 3px solid var(--trace-blue); outline-offset: 1px; }
.names, .picture { position: relative; flex: none; }
.names { position: sticky; left: 0; z-index: 2; width: 10rem; overflow: clip; background: var(--trace-background); box-shadow: 1px 0 0 var(--trace-grid); }
svg { display: block; position: relative; }
.none { margin: 0; padding: 16px; color: var(--trace-muted); }
.lane {
  position: absolute; left: 0; right: 0; padding: 0 4px 0 12px; box-sizing: border-box; border-left: 4px solid transparent;
  display: flex; flex-direction: column; justify-content: center; line-height: 14px; background: var(--trace-background);
}
.lane span { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.name { font-weight: 600; }
.state { font-size: 11px; line-height: 13px; color: var(--trace-muted); }
.lane[data-status="unborn"] .name, .lane[data-status="returned"] .name { font-weight: 400; color: var(--trace-muted); }
.lane[data-status="panicked"] .state, .lane.is-stuck .state { color: var(--trace-red); }
.lane.acts { border-left-color: var(--trace-blue); background: var(--trace-acting); }
.lane.acts .name::before { content: "▸ "; color: var(--trace-blue); }
.band { position: absolute; left: 0; right: 0; pointer-events: none; }
.band.acts { background: var(--trace-acting); }
.later { position: absolute; top: 0; bottom: 0; right: 0; background: var(--trace-background); opacity: 0.72; pointer-events: none; }
.cursor { position: absolute; top: 0; bottom: 0; left: -1px; width: 2px; background: var(--trace-blue); pointer-events: none; }
.cursor::before { content: ""; position: absolute; left: -4px; top: 0; border: 5px solid transparent; border-top-color: var(--trace-blue); }
@media (max-width: 600px) { .names { width: 7.5rem; } }
@media (prefers-reduced-motion: no-preference) {
  .cursor { transition: transform 150ms; }
  .later { transition: left 150ms; }
}
`;
