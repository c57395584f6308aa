"use client";

import { useEffect } from "react";
import { results } from "../../results.js";

export default function Page() {
  useEffect(() => {
    const address = new URLSearchParams(location.search).get("report");
    results().then((errors) => fetch(address, { method: "POST", mode: "no-cors", body: JSON.stringify(errors) }));
  }, []);
  return <p>goro</p>;
}
