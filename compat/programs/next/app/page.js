export default function Page() {
  return <p>goro</p>;
}
